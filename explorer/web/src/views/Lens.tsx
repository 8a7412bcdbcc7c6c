import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { path } from '../api/client';
import type { LensDocument, LensState } from '../api/types';
import { shapeOf, type Shape } from '../graph/ids';
import { useExplorer } from '../state/hooks';
import { lensNorm, type Shown } from '../state/store';
import { afterWhat, capital } from '../text/names';
import { percent } from '../text/numbers';
import { label, quoted, reading } from '../text/tokens';

const HEAD = 76;
const LEAST = 56;
const MOST_WIDTH = 96;
const HEIGHT = 30;
/** Up to so many states are asked for at once; of more, a layer and some columns at a time, as they come into view. */
const ALL = 512;
const BLOCK = 32;

type By = 'probability' | 'entropy' | 'rank';

/** What every state would predict: a row a state, a column a token; only cells in view are asked for and drawn. */
export function Lens({ shown }: { shown: Shown }) {
  const { explorer, state } = useExplorer();
  const { trace, reads, address } = shown;
  const shape = shapeOf(trace);
  const { layers, between } = shape;
  const tokens = trace.tokens.length;
  const [by, setBy] = useState<By>('probability');
  const [token, setToken] = useState('');
  const [at, setAt] = useState<[number, number]>([0, shown.position]);
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ left: 0, top: 0, width: 1000, height: 600 });
  const WIDTH = Math.max(LEAST, Math.min(MOST_WIDTH, Math.floor((view.width - HEAD) / tokens)));
  const measure = () => {
    const e = box.current!;
    setView({ left: e.scrollLeft, top: e.scrollTop, width: e.clientWidth, height: e.clientHeight });
  };
  useLayoutEffect(() => {
    const e = box.current!;
    e.scrollLeft = Math.max(0, HEAD + (shown.position + 2) * WIDTH - e.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(e);
    return () => observer.disconnect();
  }, [trace.id]);
  const rankOf = by === 'rank' ? token || `#${trace.predictions[shown.position]!.top[0]?.id}` : undefined;
  const first = Math.max(0, Math.floor((view.left - WIDTH) / WIDTH));
  const last = Math.min(tokens - 1, Math.ceil((view.left + view.width) / WIDTH));

  // From the last state down to the first.
  const rows = Array.from({ length: layers }, (_, i) => layers - 1 - i).flatMap((layer) => [
    { layer, state: 'resid_post' as const },
    ...(between ? [{ layer, state: 'resid_mid' as const }] : []),
  ]);
  const columns = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const top = Math.max(0, Math.floor(view.top / HEIGHT) - 1);
  const bottom = Math.min(rows.length - 1, Math.ceil((view.top + view.height) / HEIGHT));
  const dark = state.theme === 'dark';
  const states = useStates(shown, [first, last], rows.slice(top, bottom + 1).map((r) => r.layer), rankOf);

  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
    if (!step) return;
    e.preventDefault();
    const next: [number, number] = [
      Math.max(0, Math.min(rows.length - 1, at[0] + step[0]!)),
      Math.max(0, Math.min(tokens - 1, at[1] + step[1]!)),
    ];
    setAt(next);
    const element = box.current!;
    const left = HEAD + next[1] * WIDTH;
    if (left < element.scrollLeft + HEAD) element.scrollLeft = left - HEAD;
    if (left + WIDTH > element.scrollLeft + element.clientWidth) element.scrollLeft = left + WIDTH - element.clientWidth;
    const y = next[0] * HEIGHT;
    if (y < element.scrollTop) element.scrollTop = y;
    if (y + 2 * HEIGHT > element.scrollTop + element.clientHeight) element.scrollTop = y + 2 * HEIGHT - element.clientHeight;
    measure();
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-cell="${next[0]} ${next[1]}"]`)?.focus());
  };

  return (
    <>
      <div class="options lens-options">
        <label>
          Shade{' '}
          <select value={by} onChange={(e) => setBy(e.currentTarget.value as By)}>
            <option value="probability">probability of the top token</option>
            <option value="entropy">entropy</option>
            <option value="rank">rank of a token</option>
          </select>
        </label>
        {by === 'rank' && (
          <label>
            Token{' '}
            <input
              type="text"
              aria-label="Ranked token"
              placeholder={quoted(reading(trace.predictions[shown.position]!.top[0]?.text ?? ''))}
              onChange={(e) => setToken(e.currentTarget.value)}
            />
          </label>
        )}
      </div>
      <div class="lens" ref={box} onScroll={measure}>
        <div
          class="cells"
          role="grid"
          aria-label="Lens of every state"
          aria-rowcount={rows.length + 1}
          aria-colcount={tokens + 1}
          style={{ width: `${HEAD + tokens * WIDTH}px`, height: `${(rows.length + 1) * HEIGHT}px` }}
          onKeyDown={onKeyDown}
        >
          <div role="presentation" style={{ height: `${top * HEIGHT}px` }} />
          {rows.slice(top, bottom + 1).map((row, i) => (
            <div role="row" key={top + i} aria-rowindex={top + i + 1}>
              <span role="rowheader" class="row-head">
                {row.state === 'resid_mid' ? 'attention' : between ? 'MLP' : 'layer'} {row.layer}
              </span>
              {columns.map((p) => {
                const s = states.get(`${row.state} ${row.layer} ${p}`);
                const id = `${row.state === 'resid_post' ? 'I' : 'A'}${row.layer}_${p}`;
                const here = at[0] === top + i && at[1] === p;
                return (
                  <span role="gridcell" class="at" key={p} aria-colindex={p + 2} style={{ left: `${HEAD + p * WIDTH}px`, width: `${WIDTH - 2}px` }}>
                    <button
                      class="cell"
                      data-cell={`${top + i} ${p}`}
                      tabIndex={here ? 0 : -1}
                      aria-label={s ? cellName(id, s, by, shape) : `${id} is on its way`}
                      aria-pressed={address.sel === id ? true : undefined}
                      style={s ? { background: `color-mix(in srgb, var(--shade) ${shade(s, by, dark)}%, var(--panel))` } : {}}
                      onClick={() => {
                        setAt([top + i, p]);
                        explorer.go({ sel: id });
                      }}
                    >
                      {s ? <bdi>{by === 'rank' ? (s.chosen?.rank ?? '') : label(reading(s.top[0]!.text, s.top[0]!.id), WIDTH - 8, 12)}</bdi> : ''}
                    </button>
                  </span>
                );
              })}
            </div>
          ))}
          <div role="presentation" style={{ height: `${(rows.length - 1 - bottom) * HEIGHT}px` }} />
          <div role="row" class="below" aria-rowindex={rows.length + 1}>
            <span role="rowheader" class="row-head">
              token
            </span>
            {columns.map((p) => (
              <span role="columnheader" class="column-head" key={p} aria-colindex={p + 2} title={`position ${p}`} style={{ left: `${HEAD + p * WIDTH}px`, width: `${WIDTH - 2}px` }}>
                <bdi>{label(reads[p]!, WIDTH - 8, 11)}</bdi>
              </span>
            ))}
          </div>
        </div>
      </div>
    </>
  );
}

function cellName(id: string, s: LensState, by: By, shape: Shape): string {
  const what = capital(afterWhat(s.layer, id.startsWith('I') ? 'I' : 'A', shape));
  const best = s.top[0]!;
  const extra = by === 'entropy' ? `, entropy ${s.entropy.toFixed(2)}` : by === 'rank' && s.chosen ? `, rank ${s.chosen.rank}` : '';
  return `${what}, position ${s.position}: ${quoted(reading(best.text, best.id))} ${percent(best.probability)}${extra}`;
}

function shade(s: LensState, by: By, dark: boolean): number {
  const most = dark ? 42 : 64;
  const part =
    by === 'probability'
      ? s.top[0]!.probability
      : by === 'entropy'
        ? Math.max(0, 1 - s.entropy / 8)
        : s.chosen
          ? 1 / (1 + Math.log10(s.chosen.rank) * 2)
          : 0;
  return Math.round(4 + (most - 4) * part);
}

/** The states in view, asked for in blocks, one after the other. */
function useStates(shown: Shown, [first, last]: [number, number], layers: number[], rankOf: string | undefined): Map<string, LensState> {
  const { explorer } = useExplorer();
  const [, arrived] = useState(0);
  const paths = lensPaths(shown, first, last, layers, rankOf);
  const key = paths.join(' ');
  useEffect(() => {
    let wanted = true;
    const all = async () => {
      for (const p of paths) {
        if (!wanted) return;
        if (explorer.client.peek(p) !== undefined) continue;
        await explorer.client.get(p);
        if (wanted) arrived((n) => n + 1);
      }
    };
    all().catch((e: unknown) => wanted && explorer.fail(e));
    return () => {
      wanted = false;
    };
  }, [key]);
  const states = new Map<string, LensState>();
  for (const p of paths) {
    for (const s of explorer.client.peek<LensDocument>(p)?.states ?? []) states.set(`${s.state} ${s.layer} ${s.position}`, s);
  }
  return states;
}

/** What to ask for so that columns and layers can be shown: all at once, or block by block. */
export function lensPaths(shown: Shown, first: number, last: number, layers: number[], rankOf: string | undefined): string[] {
  const { trace } = shown;
  const tokens = trace.tokens.length;
  const of = { top: 1, norm: lensNorm(shown.address), rank_of: rankOf };
  const lens = `api/traces/${trace.id}/lens`;
  if (2 * trace.model.n_layers * tokens <= ALL) return [path(lens, of)];
  const paths: string[] = [];
  for (const layer of new Set(layers)) {
    for (let from = first - (first % BLOCK); from <= last; from += BLOCK) {
      const to = Math.min(tokens - 1, from + BLOCK - 1);
      paths.push(path(lens, { positions: to > from ? `${from}-${to}` : `${to}`, layer, ...of }));
    }
  }
  return paths;
}
