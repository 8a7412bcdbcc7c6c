import { useState } from 'preact/hooks';
import { path } from '../api/client';
import type { LensDocument, Prediction } from '../api/types';
import { useDocument, useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import { percent } from '../text/numbers';
import { quoted, reading } from '../text/tokens';
import { Modal } from './Modal';

/** Two searchable lists of tokens: the answer, and what it is held against. */
export function Pickers({ shown, close }: { shown: Shown; close: () => void }) {
  const { explorer, state } = useExplorer();
  const { trace, position, address } = shown;
  const top = state.status?.limits.max_top ?? 100;
  const layer = trace.model.n_layers - 1;
  const lens = useDocument<LensDocument>(
    path(`api/traces/${trace.id}/lens`, { positions: position, layer, states: 'resid_post', top }),
  );
  const tokens = lens.data?.states[0]?.top ?? trace.predictions[position]!.top;
  const [a, setA] = useState(address.a ?? `#${tokens[0]?.id}`);
  const [b, setB] = useState<string | undefined>(address.b ?? `#${tokens[1]?.id}`);
  const same = a === b;
  return (
    <Modal title="Other tokens" close={close}>
      <div class="pickers">
        <Picker name="Answer" tokens={tokens} chosen={a} choose={(t) => t && setA(t)} />
        <Picker name="Held against" tokens={tokens} chosen={b} choose={setB} none />
      </div>
      <div class="end">
        {same && <span class="hint-text">Choose two different tokens.</span>}
        <button onClick={close}>Leave it</button>
        <button
          disabled={same}
          onClick={() => {
            close();
            explorer.go({ a, b, by: address.by, sel: undefined });
          }}
        >
          Show
        </button>
      </div>
    </Modal>
  );
}

function Picker(props: {
  name: string;
  tokens: Prediction[];
  chosen: string | undefined;
  choose: (token: string | undefined) => void;
  none?: boolean;
}) {
  const { name, tokens, chosen, choose, none } = props;
  const [search, setSearch] = useState('');
  const found = tokens.filter((t) => reading(t.text, t.id).toLowerCase().includes(search.toLowerCase()));
  const exact = tokens.some((t) => t.text === search);
  const options: [string | undefined, string, string][] = [
    ...(none && search === '' ? [[undefined, 'nothing', ''] as [undefined, string, string]] : []),
    ...found.map((t): [string, string, string] => [`#${t.id}`, quoted(reading(t.text, t.id)), percent(t.probability)]),
    ...(search !== '' && !exact ? [[search, `${quoted(search)} as typed`, ''] as [string, string, string]] : []),
  ];
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const now = options.findIndex(([token]) => token === chosen);
    const next = options[Math.max(0, Math.min(options.length - 1, now + step))];
    if (next) choose(next[0]);
  };
  return (
    <div class="picker">
      <h3>{name}</h3>
      <input type="text" placeholder="Search" aria-label={`Search ${name.toLowerCase()}`} value={search} onInput={(e) => setSearch(e.currentTarget.value)} onKeyDown={onKeyDown} />
      <ul role="listbox" aria-label={name} tabIndex={0} onKeyDown={onKeyDown}>
        {options.map(([token, words, share]) => (
          <li
            key={token ?? 'nothing'}
            class="row plain"
            role="option"
            aria-label={`${words} ${share}`.trim()}
            aria-selected={token === chosen}
            onClick={() => choose(token)}
          >
            <span class="t">{words}</span> <span class="n">{share}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
