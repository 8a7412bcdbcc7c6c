import { useEffect, useMemo, useState } from 'preact/hooks';
import { Graph } from '../graph/Graph';
import { riverOfRoute, riverOfTwo, shiftedId, shiftedRiver, type River } from '../graph/river';
import { shapeOf } from '../graph/ids';
import { useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import type { RoutesDocument } from '../api/types';
import { percent } from '../text/numbers';
import { quoted, reading } from '../text/tokens';

/** Two routes on each other: of another text, on another model, or at another threshold. */
export function Compare({ shown }: { shown: Shown }) {
  const { explorer, state } = useExplorer();
  const { address, trace, second } = shown;
  const [text, setText] = useState(address.q ?? '');
  useEffect(() => setText(address.q ?? ''), [address.q]);
  const both = useMemo(() => {
    if (second) return together(shown, second);
    return { river: riverOf(shown), shift: 0, isFirst: () => true, twins: [] };
  }, [shown.route, second?.route]);
  const best = second?.trace.predictions[second.position]!.top[0];
  return (
    <>
      <div class="options compare-options">
        <textarea
          aria-label="Second text"
          rows={1}
          dir="auto"
          placeholder="Another text; Enter compares"
          value={text}
          onInput={(e) => setText(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key !== 'Enter' || e.shiftKey) return;
            e.preventDefault();
            explorer.go({ q: text || undefined });
          }}
        />
        <label>
          on{' '}
          <select value={address.qm ?? address.m} aria-label="Second model" onChange={(e) => explorer.go({ qm: e.currentTarget.value === address.m ? undefined : e.currentTarget.value })}>
            {state.status!.models.map((m) => (
              <option value={m.name} key={m.name}>
                {m.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          at{' '}
          <input
            type="number"
            aria-label="Second threshold"
            min={state.status!.limits.finest_threshold}
            max="0.99"
            step="0.005"
            value={address.qtau ?? shown.threshold}
            onChange={(e) => {
              const value = Number(e.currentTarget.value);
              if (value >= state.status!.limits.finest_threshold && value < 1) explorer.go({ qtau: value === shown.threshold ? undefined : value });
            }}
          />
        </label>
        <span class="legend">
          <span>╌ only the first</span>
          <span>— both</span>
          <span>┈ only the second</span>
        </span>
        <p class="hint-text">
          {best
            ? `The second predicts ${quoted(reading(best.text, best.id))} ${percent(best.probability)} at its last position.`
            : 'This is the first. Give another text, model or threshold to lay a second over it.'}
        </p>
      </div>
      {both ? (
        <Graph
          {...looks(shown, state.theme)}
          river={both.river}
          trace={trace}
          reads={shown.reads}
          twins={both.twins}
          position={shown.position}
          {...selected(address.of ? address.sel && shiftedSel(address.sel, both.shift) : address.sel)}
          select={(sel) => {
            const first = sel === undefined || both.isFirst(sel);
            explorer.go(first ? { sel, of: undefined } : { sel: shiftedSel(sel, -both.shift), of: 'second' });
          }}
          target={(t) => explorer.go({ t: t === trace.tokens.length - 1 ? undefined : t })}
        />
      ) : (
        second && <SideBySide shown={shown} second={second} />
      )}
    </>
  );
}

function riverOf({ route, trace }: Shown): River {
  return riverOfRoute(route, shapeOf(trace), trace.tokens.length);
}

function looks({ address }: Shown, theme: string) {
  return { theme, fold: address.fold !== 'off', even: address.rows === 'even' };
}

function selected(sel: string | undefined) {
  return sel === undefined ? {} : { selected: sel };
}

function shiftedSel(sel: string, by: number): string {
  return sel
    .split('>')
    .map((id) => shiftedId(id, by))
    .join('>');
}

interface Both {
  river: River;
  /** How far the second stands to the right of where it would alone. */
  shift: number;
  /** Whether a selection is of something that the first has. */
  isFirst: (sel: string) => boolean;
  twins: (string | undefined)[];
}

/** Both on one plane, their targets in one column; nothing where the models have other layers. */
function together(shown: Shown, second: Shown): Both | undefined {
  if (second.trace.model.n_layers !== shown.trace.model.n_layers) return undefined;
  const first = riverOf(shown);
  const other = riverOf(second);
  const shift = first.target - other.target;
  const river = riverOfTwo(first, shift === 0 ? other : shiftedRiver(other, shift));
  river.tokens = first.tokens;
  const there = new Set([...first.nodes.map((n) => n.id), ...first.bands.map((b) => b.sel)]);
  const twins = shown.reads.map((read, p) => {
    const twin = second.reads[p - shift];
    return twin === read || p > first.target ? undefined : twin;
  });
  return { river, shift, isFirst: (sel) => there.has(sel), twins };
}

/** Where models have other numbers of layers, each keeps its own picture. */
function SideBySide({ shown, second }: { shown: Shown; second: Shown }) {
  const { explorer, state } = useExplorer();
  const { address } = shown;
  const rivers = useMemo(() => [riverOf(shown), riverOf(second)] as const, [shown.route, second.route]);
  const of = (which: 'First' | 'Second', one: Shown, river: River) => (
    <figure>
      <figcaption>
        {which}: {one.trace.model.name}, {one.trace.model.n_layers} layers
      </figcaption>
      <Graph
        {...looks(shown, state.theme)}
        which={`${which}: `}
        river={river}
        trace={one.trace}
        reads={one.reads}
        position={one.position}
        {...selected((address.of === 'second') === (which === 'Second') ? address.sel : undefined)}
        select={(sel) => explorer.go({ sel, of: which === 'Second' ? 'second' : undefined })}
        target={(t) => {
          // Another text ends where it ends; the same text has its target where the first has.
          if (which === 'First' || address.q === undefined) explorer.go({ t: t === one.trace.tokens.length - 1 ? undefined : t });
        }}
      />
    </figure>
  );
  return (
    <div class="side-by-side">
      {of('First', shown, rivers[0])}
      {of('Second', second, rivers[1])}
      <Sources shown={shown} second={second} />
    </div>
  );
}

/** Tokens of both held against each other. */
function Sources({ shown, second }: { shown: Shown; second: Shown }) {
  const column = (reads: readonly string[], route: RoutesDocument) =>
    [...route.routes[0]!.source_flow].sort((a, b) => b[1] - a[1]).slice(0, 10).map(([p, s]) => `${quoted(reads[p]!)} (${p}) ${percent(s)}`);
  const [a, b] = [column(shown.reads, shown.route), column(second.reads, second.route)];
  return (
    <table aria-label="Source tokens of both">
      <thead>
        <tr>
          <th scope="col">{shown.address.m}</th>
          <th scope="col">{second.trace.model.name}</th>
        </tr>
      </thead>
      <tbody>
        {a.map((cell, i) => (
          <tr key={i}>
            <td>{cell}</td>
            <td>{b[i]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
