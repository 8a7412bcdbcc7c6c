import { useState } from 'preact/hooks';
import { formatChanges, parseChanges, type Change } from '../state/changes';
import { useExplorer } from '../state/hooks';

export type Place = Omit<Change, 'do' | 'factor'>;

interface Props {
  /** Buttons that set something to zero, by name. */
  silence: [name: string, place: Place][];
  /** What Scale and Patch take, by name; of several the first, until another is chosen. */
  places: [name: string, place: Place][];
}

/** What can be done to the selection: silence, scale, patch. */
export function Acts({ silence, places }: Props) {
  const { explorer, state } = useExplorer();
  const [form, setForm] = useState<'scale' | 'patch'>();
  const [chosen, setChosen] = useState(0);
  const [placeName, place] = places[Math.min(chosen, places.length - 1)]!;
  const address = state.shown!.address;
  const add = (change: Change, src?: string) => {
    const changes = parseChanges(address.c);
    const most = state.status?.limits.max_changes ?? 64;
    if (changes.length >= most) {
      explorer.say(`At most ${most} changes.`);
      return;
    }
    explorer.go({ c: formatChanges([...changes, change]), ...(src !== undefined && { src }) });
  };
  if (address.of) return <p class="hint-text acts">Changes act on the first.</p>;
  const submit = (e: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    e.preventDefault();
    const value = String(new FormData(e.currentTarget).get('value') ?? '');
    if (form === 'scale') {
      const factor = Number(value);
      if (value === '' || !Number.isFinite(factor) || factor < 0) return;
      add(factor === 0 ? { ...place, do: 'zero' } : { ...place, do: 'scale', factor });
    } else {
      add({ ...place, do: 'patch' }, value);
    }
    setForm(undefined);
  };
  return (
    <div class="acts">
      {silence.map(([name, at]) => (
        <button key={name} onClick={() => add({ ...at, do: 'zero' })}>
          {name}
        </button>
      ))}
      <button aria-expanded={form === 'scale'} onClick={() => setForm(form === 'scale' ? undefined : 'scale')}>
        Scale ...
      </button>
      <button aria-expanded={form === 'patch'} onClick={() => setForm(form === 'patch' ? undefined : 'patch')}>
        Patch ...
      </button>
      {form && (
        <form onSubmit={submit} key={form}>
          {places.length > 1 && (
            <select aria-label="What is changed" value={String(chosen)} onChange={(e) => setChosen(Number(e.currentTarget.value))}>
              {places.map(([name], i) => (
                <option value={String(i)} key={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
          {form === 'scale' ? (
            <input type="number" name="value" min="0" max="100" step="any" value="0.5" aria-label={`Factor of ${placeName}`} />
          ) : (
            <input
              type="text"
              name="value"
              value={address.src ?? ''}
              placeholder="Another text of as many tokens"
              aria-label={`Text that ${placeName} is taken from`}
            />
          )}
          <button type="submit">{form === 'scale' ? 'Scale it' : 'Patch it'}</button>
        </form>
      )}
    </div>
  );
}
