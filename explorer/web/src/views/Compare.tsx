import { useEffect, useMemo, useState } from 'preact/hooks';
import { Graph } from '../graph/Graph';
import { riverOfRoute, riverOfTwo, type River } from '../graph/river';
import { useExplorer } from '../state/hooks';
import { routePath, type Shown } from '../state/store';
import type { RoutesDocument, Trace } from '../api/types';
import { percent } from '../text/numbers';
import { quoted, reading, readings } from '../text/tokens';

interface Second {
  key: string;
  trace: Trace;
  reads: string[];
  threshold: number;
  route: RoutesDocument;
}

/** Two routes on each other: of another text, on another model, or at another threshold. */
export function Compare({ shown }: { shown: Shown }) {
  const { explorer, state } = useExplorer();
  const { address, trace } = shown;
  const second = useSecond(shown);
  const [text, setText] = useState(address.q ?? '');
  useEffect(() => setText(address.q ?? ''), [address.q]);
  const asked = address.q !== undefined || address.qm !== undefined || address.qtau !== undefined;
  const river = useMemo(() => {
    if (second) return together(shown, second);
    if (asked) return undefined;
    return { river: riverOfRoute(shown.route, trace.model.n_layers, trace.tokens.length), reads: shown.reads };
  }, [shown, second, asked]);
  const best = second?.trace.predictions.at(-1)!.top[0];
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
      </div>
      {!asked && <p class="compare-options hint-text">This is the first. Give another text, model or threshold to lay a second over it.</p>}
      {second && best && (
        <p class="compare-options hint-text">
          The second predicts {quoted(reading(best.text, best.id))} {percent(best.probability)} at its last position.
        </p>
      )}
      {river ? (
        <Graph
          river={river.river}
          trace={trace}
          reads={river.reads}
          position={shown.position}
          {...(address.sel && { selected: address.sel })}
          theme={state.theme}
          fold={address.fold !== 'off'}
          even={address.rows === 'even'}
          select={(sel) => explorer.go({ sel })}
          target={(t) => explorer.go({ t: t === trace.tokens.length - 1 ? undefined : t })}
        />
      ) : (
        second && <SideBySide shown={shown} second={second} />
      )}
    </>
  );
}

/** The second route; it ends at its last position, where the first ends at its target. */
function useSecond(shown: Shown): Second | undefined {
  const { explorer } = useExplorer();
  const { address } = shown;
  const [second, setSecond] = useState<Second>();
  const differs = address.q !== undefined || address.qm !== undefined || address.qtau !== undefined;
  const threshold = address.qtau ?? shown.threshold;
  const m = address.qm ?? address.m;
  const key = JSON.stringify([m, address.q, address.q ? '' : address.p, address.ids, threshold, address.mode, shown.position]);
  useEffect(() => {
    if (!differs) return;
    void explorer
      .work('Running the second', async (signal): Promise<Second> => {
        const trace = await explorer.trace(m, address.q !== undefined ? { p: address.q } : address, address, signal);
        const position = address.q !== undefined ? trace.tokens.length - 1 : Math.min(shown.position, trace.tokens.length - 1);
        const route = await explorer.client.get<RoutesDocument>(routePath(trace.id, position, threshold, address.mode), { signal });
        return { key, trace, reads: readings(trace.tokens), threshold, route };
      })
      .then((made) => made && setSecond(made));
  }, [key, differs]);
  return differs && second?.key === key ? second : undefined;
}

/** Both on one plane, their targets in one column; nothing where the models have other layers. */
function together(shown: Shown, second: Second): { river: River; reads: string[] } | undefined {
  const layers = shown.trace.model.n_layers;
  if (second.trace.model.n_layers !== layers) return undefined;
  const first = riverOfRoute(shown.route, layers, shown.trace.tokens.length);
  const other = riverOfRoute(second.route, layers, second.trace.tokens.length);
  const shift = first.target - other.target;
  const moved = shift === 0 ? other : shifted(other, shift);
  const river = riverOfTwo(first, moved);
  river.tokens = first.tokens;
  const reads = shown.reads.map((read, p) => {
    const twin = second.reads[p - shift];
    return twin === undefined || twin === read || p > first.target ? read : `${read} /${twin}`;
  });
  return { river, reads };
}

/** A river some columns further; what would begin before the first column is left out. */
function shifted(river: River, by: number): River {
  const move = (id: string) => id.replace(/_(\d+)$/, (_, p: string) => `_${Number(p) + by}`);
  const nodes = river.nodes.filter((n) => n.position + by >= 0).map((n) => ({ ...n, id: move(n.id), position: n.position + by }));
  const there = new Set(nodes.map((n) => n.id));
  const bands = river.bands
    .map((b) => ({ ...b, sel: b.sel.split('>').map(move).join('>'), from: move(b.from), to: move(b.to) }))
    .filter((b) => there.has(b.from) && there.has(b.to));
  const sources = new Map([...river.sources].map(([p, share]) => [p + by, share] as const));
  return { ...river, target: river.target + by, nodes, bands, sources };
}

/** Where models have other numbers of layers, each keeps its own picture. */
function SideBySide({ shown, second }: { shown: Shown; second: Second }) {
  const { explorer, state } = useExplorer();
  const { address, trace } = shown;
  const [first, other] = useMemo(
    () => [
      riverOfRoute(shown.route, trace.model.n_layers, trace.tokens.length),
      riverOfRoute(second.route, second.trace.model.n_layers, second.trace.tokens.length),
    ],
    [shown.route, second.route],
  );
  const looks = { theme: state.theme, fold: address.fold !== 'off', even: address.rows === 'even' };
  return (
    <div class="side-by-side">
      <figure>
        <figcaption>
          First: {address.m}, {trace.model.n_layers} layers
        </figcaption>
        <Graph
          {...looks}
          which="First: "
          river={first}
          trace={trace}
          reads={shown.reads}
          position={shown.position}
          {...(address.sel && { selected: address.sel })}
          select={(sel) => explorer.go({ sel })}
          target={(t) => explorer.go({ t: t === trace.tokens.length - 1 ? undefined : t })}
        />
      </figure>
      <figure>
        <figcaption>
          Second: {second.trace.model.name}, {second.trace.model.n_layers} layers
        </figcaption>
        <Graph
          {...looks}
          which="Second: "
          river={other}
          trace={second.trace}
          reads={second.reads}
          position={other.target}
          select={() => explorer.say('Details are those of the first. Choose the second as the model to look into it.')}
          target={() => undefined}
        />
      </figure>
      <Sources shown={shown} second={second} />
    </div>
  );
}

/** Tokens of both held against each other. */
function Sources({ shown, second }: { shown: Shown; second: Second }) {
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
