import { useEffect, useState } from 'preact/hooks';
import type { ChangesDocument, Trace } from '../api/types';
import { changeName, formatChanges, parseChanges, type Change } from '../state/changes';
import { useExplorer } from '../state/hooks';
import type { Explorer, Shown } from '../state/store';
import { percent } from '../text/numbers';
import { quoted, reading } from '../text/tokens';
import { saveText } from './save';
import { Term } from './Term';

/** The last line of main: what was changed in the model's run, and what it predicts then. */
export function Changes() {
  const { explorer, state } = useExplorer();
  const { shown } = state;
  const changes = parseChanges(shown?.address.c);
  const result = useChanged(shown, changes);
  const set = (next: Change[]) => explorer.go({ c: formatChanges(next), ...(next.length === 0 && { src: undefined }) });
  const route = shown && shown.address.v === 'route' && !shown.contrast;
  return (
    <section class="changes" aria-label="Changes">
      <b>Changes</b>
      {changes.length === 0 ? (
        <span>none yet. Select a connection, MLP or state and choose Silence, Scale or Patch.</span>
      ) : (
        <>
          <span class="chips">
            {changes.map((change, i) => (
              <Chip key={formatChanges([change])} change={change} edit={(c) => set(changes.map((x, j) => (j === i ? c : x)))} remove={() => set(changes.filter((_, j) => j !== i))} />
            ))}
          </span>
          {result && <Outcome document={result} />}
          <button onClick={() => set(changes.slice(0, -1))}>Undo</button>
          <button onClick={() => saveText('interventions.json', JSON.stringify({ interventions: changes }, null, 1), 'application/json')}>
            Save as file
          </button>
          <button onClick={() => set([])}>Clear</button>
        </>
      )}
      {route && (
        <span class="legend right">
          <span>
            <i class="attention" />
            attention
          </span>
          <span>
            <i class="mlp" />
            <Term of="MLP" />
          </span>
          <span>
            <i class="residual" />
            <Term of="residual" />
          </span>
        </span>
      )}
    </section>
  );
}

function Chip({ change, edit, remove }: { change: Change; edit: (c: Change) => void; remove: () => void }) {
  const [editing, setEditing] = useState(false);
  const name = changeName(change);
  if (editing) {
    return (
      <form
        class="chip"
        onSubmit={(e) => {
          e.preventDefault();
          const factor = Number(new FormData(e.currentTarget).get('factor'));
          setEditing(false);
          if (Number.isFinite(factor) && factor >= 0) edit(factor === 0 ? { ...rest(change), do: 'zero' } : { ...rest(change), do: 'scale', factor });
        }}
      >
        <label>
          {' '}
          times <input type="number" name="factor" min="0" max="100" step="any" value={change.factor ?? 0} aria-label={`Factor of ${name}`} style={{ width: '72px' }} />
        </label>
        <button type="submit">Set</button>
      </form>
    );
  }
  return (
    <span class="chip">
      <button aria-label={`Edit: ${name}`} onClick={() => setEditing(true)}>
        {name}
      </button>
      <button aria-label={`Remove: ${name}`} onClick={remove}>
        ×
      </button>
    </span>
  );
}

function rest(change: Change): Omit<Change, 'do' | 'factor'> {
  const { do: _, factor: __, ...place } = change;
  return place;
}

/** Before and after: the answer first, then the tokens that moved most. */
function Outcome({ document }: { document: ChangesDocument }) {
  const { before, after } = document;
  const was = new Map(before.top.map((t) => [t.id, t.probability]));
  const is = new Map(after.top.map((t) => [t.id, t.probability]));
  const names = new Map([...before.top, ...after.top].map((t) => [t.id, quoted(reading(t.text, t.id))]));
  const movements = [...names.keys()]
    .filter((id) => id !== before.answer.id)
    .map((id) => ({ id, by: Math.abs((is.get(id) ?? 0) - (was.get(id) ?? 0)) }))
    .filter((m) => m.by >= 0.0005)
    .sort((a, b) => b.by - a.by)
    .slice(0, 2);
  const answer = quoted(reading(before.answer.text, before.answer.id));
  return (
    <span role="status" aria-label="After the changes">
      <b>
        {answer} {percent(before.answer.probability)} → {percent(after.answer.probability)}
      </b>
      {movements.map(({ id }) => ` · ${names.get(id)} ${shareIn(was, id)} → ${shareIn(is, id)}`)}
    </span>
  );
}

/** The share of a token; of one that is not listed, that it is less than the least that is. */
function shareIn(listed: Map<number, number>, id: number): string {
  const known = listed.get(id);
  if (known !== undefined) return percent(known);
  const least = percent(Math.min(1, ...listed.values()));
  return least.startsWith('<') ? least : `<${least}`;
}

/** The text up to the target: what comes after a position has no part in its prediction, and changes answer for the last. */
function upTo(explorer: Explorer, shown: Shown, signal: AbortSignal): Promise<Trace> {
  const { trace, position, address } = shown;
  if (position === trace.tokens.length - 1) return Promise.resolve(trace);
  return explorer.trace({ ...address, ids: trace.tokens.slice(0, position + 1).map((t) => t.id) }, signal);
}

/** Runs the model with its changes. */
function useChanged(shown: Shown | undefined, changes: Change[]): ChangesDocument | undefined {
  const { explorer } = useExplorer();
  const [result, setResult] = useState<{ key: string; document: ChangesDocument }>();
  const answer = shown?.address.a ?? (shown && `#${shown.trace.predictions[shown.position]!.top[0]?.id}`);
  const key = shown ? JSON.stringify([shown.trace.id, shown.position, shown.address.c, shown.address.src, answer]) : '';
  useEffect(() => {
    if (!shown || changes.length === 0) return;
    const { src, b } = shown.address;
    const there = changes.filter((c) => (c.position ?? 0) <= shown.position);
    if (there.length === 0) return;
    const body = { interventions: there, answer, ...(b && { distractor: b }), ...(src && { source: src }) };
    void explorer
      .work('Running the model with changes', async (signal, onProgress) => {
        const { id } = await upTo(explorer, shown, signal);
        return explorer.client.compute<ChangesDocument>(`api/traces/${id}/changes`, body, { signal, onProgress });
      })
      .then((document) => document && setResult({ key, document }));
  }, [key]);
  return result?.key === key && changes.length > 0 ? result.document : undefined;
}
