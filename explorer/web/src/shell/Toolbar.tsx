import { useEffect, useRef } from 'preact/hooks';
import { path } from '../api/client';
import type { SizesDocument } from '../api/types';
import { STOPS, VIEWS, type View } from '../state/address';
import { useDocument, useExplorer } from '../state/hooks';
import { routePath, type Shown } from '../state/store';
import { count } from '../text/numbers';
import { quoted, reading } from '../text/tokens';
import { Term } from './Term';

const NAMES: Record<View, string> = { route: 'Route', lens: 'Lens', heads: 'Heads', compare: 'Compare', prompts: 'Prompts' };

/** Views, threshold, sharing, and the size of the route. */
export function Toolbar() {
  const { state } = useExplorer();
  const { shown } = state;
  return (
    <div class="toolbar">
      <Tabs view={shown?.address.v ?? 'route'} />
      {shown && <RouteTools shown={shown} />}
    </div>
  );
}

function Tabs({ view }: { view: View }) {
  const { explorer } = useExplorer();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (e: KeyboardEvent) => {
    const at = VIEWS.indexOf(view);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: VIEWS.length - 1 }[e.key];
    if (next === undefined) return;
    e.preventDefault();
    const v = VIEWS[(next + VIEWS.length) % VIEWS.length]!;
    list.current!.querySelector<HTMLElement>(`#tab-${v}`)!.focus();
    explorer.go({ v });
  };
  return (
    <div role="tablist" aria-label="Views" ref={list} onKeyDown={onKeyDown}>
      {VIEWS.map((v) => (
        <button
          key={v}
          id={`tab-${v}`}
          role="tab"
          aria-selected={v === view}
          aria-controls="view"
          tabIndex={v === view ? 0 : -1}
          onClick={() => explorer.go({ v })}
        >
          {NAMES[v]}
        </button>
      ))}
    </div>
  );
}

function RouteTools({ shown }: { shown: Shown }) {
  const { explorer } = useExplorer();
  const { address } = shown;
  const contrast = shown.contrast !== undefined;
  return (
    <>
      {contrast ? (
        <ContrastLegend shown={shown} />
      ) : (
        <>
          <Threshold shown={shown} />
          {!shown.relevance && (
            <label class="check">
              <input
                type="checkbox"
                aria-label="Share out the rest"
                checked={address.mode !== 'raw'}
                onChange={(e) => explorer.go({ mode: e.currentTarget.checked ? undefined : 'raw' })}
              />
              Share out the rest
            </label>
          )}
        </>
      )}
      <output aria-label="Size of the route">{sizeOf(shown)}</output>
    </>
  );
}

function sizeOf(shown: Shown): string {
  const words = (nodes: number, edges: number) => `${count(nodes, 'node')}, ${count(edges, 'edge')}`;
  if (shown.contrast) return words(shown.contrast.nodes.length, shown.contrast.edges.length);
  const { routes, pruned } = shown.relevance ?? shown.route;
  const { nodes, edges } = routes[0]!;
  return words(nodes.length, edges.length) + (pruned ? ' shown' : '');
}

function ContrastLegend({ shown }: { shown: Shown }) {
  const { answer, distractor } = shown.contrast!;
  return (
    <span class="legend right">
      <span>
        <i class="towards" />
        towards {quoted(reading(answer.text, answer.id))}
      </span>
      <span>
        <i class="away" />
        {distractor ? `towards ${quoted(reading(distractor.text, distractor.id))}` : 'away from it'}
      </span>
    </span>
  );
}

/** The slider over the stops, with the edges at each as a curve. */
function Threshold({ shown }: { shown: Shown }) {
  const { explorer } = useExplorer();
  const { trace, position, threshold, address } = shown;
  const relevance = shown.relevance !== undefined;
  const sizes = useDocument<SizesDocument>(
    path(`api/traces/${trace.id}/sizes`, { position, mode: address.mode }),
  );
  const at = nearestStop(threshold);
  const slider = useRef<HTMLDivElement>(null);
  const go = (index: number) => {
    const tau = STOPS[Math.max(0, Math.min(STOPS.length - 1, index))]!;
    if (tau !== threshold) explorer.go({ tau });
  };
  // Neighbouring stops are fetched ahead, so that a step is seen at once.
  useEffect(() => {
    if (relevance) return;
    const timer = setTimeout(() => {
      for (const stop of [STOPS[at - 1], STOPS[at + 1]]) {
        if (stop) explorer.client.get(routePath(trace.id, position, stop, address.mode)).catch(() => undefined);
      }
    }, 200);
    return () => clearTimeout(timer);
  }, [explorer, trace.id, position, at, address.mode, relevance]);
  const onKeyDown = (e: KeyboardEvent) => {
    const next = {
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      PageUp: at + 5,
      PageDown: at - 5,
      Home: 0,
      End: STOPS.length - 1,
    }[e.key];
    if (next === undefined) return;
    e.preventDefault();
    go(next);
  };
  const toIndex = (e: PointerEvent) => {
    const box = slider.current!.getBoundingClientRect();
    return Math.round(((e.clientX - box.left - 7) / (box.width - 14)) * (STOPS.length - 1));
  };
  const onDown = (e: PointerEvent) => {
    slider.current!.setPointerCapture(e.pointerId);
    slider.current!.focus();
    go(toIndex(e));
  };
  const route = shown.relevance ?? shown.route;
  const edges = route.routes[0]!.edges.length;
  return (
    <span class="threshold">
      <Term of="threshold">Threshold</Term>
      <div
        class="slider"
        ref={slider}
        role="slider"
        tabIndex={0}
        aria-label="Threshold"
        aria-valuemin={STOPS[0]}
        aria-valuemax={STOPS[STOPS.length - 1]}
        aria-valuenow={threshold}
        aria-valuetext={`${threshold}, ${count(edges, 'edge')}`}
        onKeyDown={onKeyDown}
        onPointerDown={onDown}
        onPointerMove={(e) => e.buttons === 1 && go(toIndex(e))}
      >
        <Curve sizes={relevance ? undefined : (sizes.data ?? sizes.old)} at={at} />
      </div>
      <b>{threshold}</b>
    </span>
  );
}

function Curve({ sizes, at }: { sizes: SizesDocument | undefined; at: number }) {
  const width = 150;
  const x = (i: number) => 7 + (i * (width - 14)) / (STOPS.length - 1);
  const edges = STOPS.map((s) => sizes?.sizes.find(([stop]) => stop === s)?.[2] ?? 0);
  const most = Math.max(1, ...edges);
  const line = edges.map((n, i) => `L${x(i).toFixed(1)} ${(21 - 17 * Math.sqrt(n / most)).toFixed(1)}`).join('');
  return (
    <svg viewBox={`0 0 ${width} 30`} width="100%" height="30" preserveAspectRatio="none" aria-hidden="true">
      {sizes && <path class="curve" d={`M7 21${line}L${width - 7} 21Z`} />}
      <path class="track" d={`M7 21H${width - 7}`} />
      <circle class="thumb" cx={x(at)} cy={21} r={7} />
    </svg>
  );
}

function nearestStop(threshold: number): number {
  let best = 0;
  STOPS.forEach((stop, i) => {
    if (Math.abs(stop - threshold) < Math.abs(STOPS[best]! - threshold)) best = i;
  });
  return best;
}
