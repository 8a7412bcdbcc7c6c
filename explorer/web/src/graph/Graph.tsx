import { select } from 'd3-selection';
import { zoom as zoomBehaviour, zoomIdentity, type D3ZoomEvent, type ZoomTransform } from 'd3-zoom';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Trace } from '../api/types';
import { bandName, stateWithToken } from '../text/names';
import { count, percent } from '../text/numbers';
import { readColours, type Colours } from './colours';
import { Ground, Highlight, Ring } from './Focus';
import { Hits, type Hit } from './hit';
import { parseEdge, parseNode } from './ids';
import { moved, type Focus } from './keys';
import { layOut, SHORT, type Layout } from './layout';
import { litBy } from './lit';
import { useMotion } from './motion';
import { paint, type Window } from './paint';
import type { River } from './river';
import { Targets } from './Targets';
import { Tokens } from './Tokens';

/** Canvas beyond both sides of what is in view. */
const MARGIN = 700;
const TOOLTIP = 80;
const TARGETS = 50;
const TOKENS = 48;

interface Props {
  river: River;
  trace: Pick<Trace, 'id' | 'tokens' | 'predictions'>;
  reads: readonly string[];
  position: number;
  selected?: string;
  theme: string;
  fold: boolean;
  even: boolean;
  select: (sel: string | undefined) => void;
  target: (position: number) => void;
  /** What the second of two texts has in the column of each token, where that is another one. */
  twins?: readonly (string | undefined)[];
  /** Where there are two: which one this is. */
  which?: string;
}

/** The river of a route: painted once, moved by scrolling; selection, hover and focus lie over it. */
export function Graph(props: Props) {
  const { trace, reads, position, selected, theme } = props;
  const river = useMotion(props.river, `${trace.id} ${position}`);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const faint = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<[number, number]>();
  const [zoom, setZoom] = useState(1);
  const letters = Math.round(Math.min(1.3, Math.sqrt(zoom)) * (props.river.tokens > SHORT ? 11 : 12) * 10) / 10;
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [view, setView] = useState(0);
  const [hover, setHover] = useState<{ hit: Hit; x: number; y: number }>();
  const [focus, setFocus] = useState<Focus>();
  const [focused, setFocused] = useState(false);

  useLayoutEffect(() => {
    const element = stage.current!;
    const measure = () => setSize([element.clientWidth, element.clientHeight]);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => setOpen(new Set()), [trace.id]);
  // What is selected elsewhere is where the keyboard goes on from.
  const byKey = useRef(false);
  useEffect(() => {
    if (selected && !byKey.current) setFocus(undefined);
    byKey.current = false;
  }, [selected]);

  const layout = useMemo(() => {
    if (!size) return undefined;
    const height = Math.max(240, size[1] - TARGETS - TOKENS);
    return layOut(river, { width: size[0], height, zoom, fold: props.fold, even: props.even, open });
  }, [river, size, zoom, props.fold, props.even, open]);
  const hits = useMemo(() => layout && new Hits(layout), [layout]);
  const colours = useMemo(() => readColours(stage.current ?? document.body), [theme, size === undefined]);

  // The picture begins at the target.
  useLayoutEffect(() => {
    const element = stage.current!;
    if (layout && layout.width > element.clientWidth) {
      element.scrollLeft = layout.x[position]! + 90 - element.clientWidth;
    }
  }, [trace.id, position, size === undefined]);

  const painted: Window = useMemo(() => {
    const width = size?.[0] ?? 0;
    const left = Math.max(0, view - MARGIN);
    return { left, width: Math.max(1, Math.min((layout?.width ?? 0) - left, width + view - left + MARGIN)) };
  }, [layout, size, view]);
  useEffect(() => {
    if (layout && canvas.current) return paint(canvas.current, layout, river, colours, painted);
    return undefined;
  }, [layout, colours, painted]);
  const onScroll = () => {
    const left = stage.current!.scrollLeft;
    if (Math.abs(left - view) > MARGIN / 2) setView(left);
  };

  const chosen = layout && litBy(layout, selected);
  const meant = hover && ('band' in hover.hit ? hover.hit.band.sel : hover.hit.node);
  const lit = chosen ?? (layout && litBy(layout, meant));
  const isDim = useFaint(faint, lit !== undefined, layout, river, colours, painted);

  const plane = useZoom(stage, zoom, setZoom);
  const target = `I${river.layers - 1}_${position}`;
  const start = (): Focus => {
    const edge = parseEdge(selected);
    const at = edge ? edge.ids[1] : selected?.startsWith('M') ? selected.replace('M', 'I') : selected;
    const node = at && layout?.nodes.has(at) ? at : target;
    if (edge && layout) {
      const band = (layout.into.get(node) ?? []).findIndex((b) => b.sel === selected);
      if (band >= 0) return { node, band };
    }
    return { node };
  };
  const here = focus && layout?.nodes.has(focus.node) ? focus : start();
  const band = here.band === undefined ? undefined : layout?.into.get(here.node)?.[here.band];
  const sel = band ? band.sel : here.node;
  // Enter and Escape change the words, so that a screen reader says what became of them.
  const said = layout ? saying(layout, here, reads, river) + (sel === selected ? ', selected' : '') : '';

  const onKeyDown = (e: KeyboardEvent) => {
    if (!layout || e.ctrlKey || e.metaKey || e.altKey) return;
    const element = stage.current!;
    if (e.shiftKey && e.key.startsWith('Arrow')) {
      const step = 80;
      element.scrollBy({
        left: { ArrowLeft: -step, ArrowRight: step }[e.key] ?? 0,
        top: { ArrowUp: -step, ArrowDown: step }[e.key] ?? 0,
      });
    } else if (e.key === 'Enter' || e.key === ' ') {
      byKey.current = true;
      props.select(sel);
    } else if (e.key === 'Escape') {
      if (!selected) return;
      props.select(undefined);
    } else if (e.key === 't') {
      props.target(parseNode(here.node).position);
    } else if (e.key === '+' || e.key === '=') {
      setZoom(Math.min(6, zoom * 1.25));
    } else if (e.key === '-') {
      setZoom(Math.max(1, zoom / 1.25));
    } else if (e.key === '0') {
      setZoom(1);
    } else {
      const next = moved(layout, target, here, e.key);
      if (!next) return;
      setFocus(next);
      const node = layout.nodes.get(next.node);
      if (node) intoView(element, node.x, node.y + TARGETS);
    }
    e.preventDefault();
    e.stopPropagation();
  };

  const at = (e: MouseEvent): [number, number] => {
    const box = plane.current!.getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  };
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const onMove = (e: MouseEvent) => {
    const [x, y] = at(e);
    const hit = e.buttons ? undefined : hits?.at(x, y);
    clearTimeout(timer.current);
    if (!hit) setHover(undefined);
    else timer.current = setTimeout(() => setHover({ hit, x, y }), hover ? 0 : TOOLTIP);
  };
  const onLeave = () => {
    clearTimeout(timer.current);
    setHover(undefined);
  };
  const onClick = (e: MouseEvent) => {
    const hit = hits?.at(...at(e));
    if (!hit) return;
    const sel = 'band' in hit ? hit.band.sel : hit.node;
    setFocus(undefined);
    props.select(sel);
  };

  const keys = useId();
  const window: [number, number] = [painted.left, painted.left + painted.width];
  const name = `${props.which ?? ''}Route graph, position ${position}: ${count(props.river.size.nodes, 'node')}, ${count(props.river.size.edges, 'edge')}`;
  return (
    <div class="stage" ref={stage} onScroll={onScroll}>
      {layout && (
        <div class="plane" style={{ width: `${Math.max(layout.width, size![0])}px`, height: `${layout.height + TARGETS + TOKENS}px`, '--letters': `${letters}px` }}>
          <div class="numbers" aria-hidden="true">
            <div class="rail" style={{ height: `${layout.height + TARGETS + TOKENS}px` }}>
              <span style={{ top: '10px' }}>next</span>
              <span style={{ top: `${TARGETS - 2}px` }}>layer</span>
              {layout.rows.map(
                (r) =>
                  r.numbered && (
                    <span key={r.layer} style={{ top: `${TARGETS + Math.max(14, r.top + r.height / 2 - 8)}px` }}>
                      {r.layer}
                    </span>
                  ),
              )}
              <span style={{ top: `${layout.height + TARGETS + 25}px` }}>{river.style === 'contrast' ? 'logit' : '%'}</span>
            </div>
          </div>
          <div class="targets-row">
            <Targets {...{ layout, trace, reads, position, window, letters }} choose={props.target} />
          </div>
          <div
            class="river"
            ref={plane}
            role="application"
            aria-label={name}
            aria-roledescription="graph"
            aria-activedescendant={keys}
            tabIndex={0}
            style={{ height: `${layout.height}px` }}
            onKeyDown={onKeyDown}
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
            onMouseMove={onMove}
            onMouseLeave={onLeave}
            onClick={onClick}
          >
            {/* Screen readers hand arrow keys to an application only while something in it has the focus. */}
            <div class="vh" role="tree" aria-label="Route">
              <div role="treeitem" id={keys}>
                Arrow keys go along the route, Enter opens, Escape closes
              </div>
            </div>
            <Ground layout={layout} layers={river.layers} left={0} right={layout.width} />
            <canvas
              ref={canvas}
              class={isDim ? 'away' : lit ? 'dim' : ''}
              style={{ left: `${painted.left}px`, width: `${painted.width}px`, height: `${layout.height}px` }}
            />
            <canvas
              ref={faint}
              class={isDim ? '' : 'away'}
              style={{ left: `${painted.left}px`, width: `${painted.width}px`, height: `${layout.height}px` }}
            />
            <svg class="over" width={layout.width} height={layout.height} aria-hidden="true">
              {lit && <Highlight layout={layout} river={river} lit={lit} outlined={lit === chosen} dark={colours.dark} />}
              {focused && <Ring layout={layout} focus={here} />}
            </svg>
            {hover && <Tooltip hover={hover} layout={layout} reads={reads} river={river} width={layout.width} />}
          </div>
          <Tokens
            {...{ layout, river, reads, window, letters }}
            {...(selected && { selected })}
            {...(props.twins && { twins: props.twins })}
            dark={colours.dark}
            choose={(p) => props.select(`X0_${p}`)}
            unfold={(from) => setOpen(new Set([...open, from]))}
          />
        </div>
      )}
      <div class="vh" aria-live="polite">
        {focused ? said : ''}
      </div>
    </div>
  );
}

/**
 * Paints the river once more as it stands back behind what is meant: nothing so faint that it cannot be seen. Returns
 * whether that picture is there to be shown.
 */
function useFaint(
  canvas: { current: HTMLCanvasElement | null },
  wanted: boolean,
  layout: Layout | undefined,
  river: River,
  colours: Colours,
  window: Window,
): boolean {
  const [done, setDone] = useState<unknown[]>([]);
  const of = [layout, colours, window];
  const there = of.every((part, i) => part === done[i]);
  useEffect(() => {
    if (!wanted || there || !layout || !canvas.current) return undefined;
    return paint(canvas.current, layout, river, colours, window, { by: colours.dim, done: () => setDone(of) });
  }, [wanted, there, ...of]);
  return wanted && there;
}

/** Dragging pans, Ctrl and wheel (or two fingers) zooms; the scroll bars stay what moves the picture. */
function useZoom(stage: { current: HTMLDivElement | null }, zoom: number, setZoom: (z: number) => void) {
  const plane = useRef<HTMLDivElement>(null);
  const wanted = useRef(zoom);
  wanted.current = zoom;
  const bound = useRef<HTMLDivElement | undefined>(undefined);
  useEffect(() => {
    const element = plane.current;
    if (!element || bound.current === element) return;
    bound.current = element;
    // Where the pointer was in the window: the plane itself moves with what it scrolls.
    let at: [number, number] | undefined;
    const behaviour = zoomBehaviour<HTMLDivElement, unknown>()
      .scaleExtent([1, 6])
      .clickDistance(5)
      .filter((e: Event) => {
        if (e.type === 'dblclick') return false;
        if (e instanceof WheelEvent) return e.ctrlKey;
        if ('touches' in e) return (e as TouchEvent).touches.length > 1;
        return !(e as MouseEvent).button;
      })
      .on('start', (e: D3ZoomEvent<HTMLDivElement, unknown>) => {
        at = e.sourceEvent instanceof MouseEvent ? [e.sourceEvent.clientX, e.sourceEvent.clientY] : undefined;
      })
      .on('zoom', (e: D3ZoomEvent<HTMLDivElement, unknown>) => {
        const scroller = stage.current!;
        const to = e.transform;
        if (to.k !== wanted.current && e.sourceEvent) {
          const pointer = e.sourceEvent as MouseEvent;
          const box = scroller.getBoundingClientRect();
          const x = pointer.clientX - box.left;
          const inPlane = scroller.scrollLeft + x;
          const ratio = to.k / wanted.current;
          setZoom(to.k);
          requestAnimationFrame(() => scroller.scrollTo({ left: inPlane * ratio - x }));
        } else if (at && e.sourceEvent instanceof MouseEvent) {
          const { clientX, clientY } = e.sourceEvent;
          scroller.scrollLeft -= clientX - at[0];
          scroller.scrollTop -= clientY - at[1];
          at = [clientX, clientY];
        }
      });
    select(element).call(behaviour);
  });
  // Zoom by keys is known to the gestures as well.
  useEffect(() => {
    const element = plane.current as (HTMLDivElement & { __zoom?: ZoomTransform }) | null;
    if (element?.__zoom && element.__zoom.k !== zoom) element.__zoom = zoomIdentity.scale(zoom);
  }, [zoom]);
  return plane;
}

function intoView(stage: HTMLElement, x: number, y: number): void {
  const edge = 80;
  if (x < stage.scrollLeft + edge) stage.scrollLeft = x - edge;
  if (x > stage.scrollLeft + stage.clientWidth - edge) stage.scrollLeft = x + edge - stage.clientWidth;
  if (y < stage.scrollTop + edge) stage.scrollTop = y - edge;
  if (y > stage.scrollTop + stage.clientHeight - edge) stage.scrollTop = y + edge - stage.clientHeight;
}

function saying(layout: Layout, focus: Focus, reads: readonly string[], river: River): string {
  const band = focus.band === undefined ? undefined : layout.into.get(focus.node)?.[focus.band];
  if (band) return bandName(band, reads, river);
  const node = layout.nodes.get(focus.node);
  return node ? `${stateWithToken(node.id, reads, river)}, ${percent(node.share)}` : '';
}

function Tooltip(props: {
  hover: { hit: Hit; x: number; y: number };
  layout: Layout;
  reads: readonly string[];
  river: River;
  width: number;
}) {
  const { hover, layout, reads, river } = props;
  const text =
    'band' in hover.hit
      ? bandName(hover.hit.band, reads, river)
      : saying(layout, { node: hover.hit.node }, reads, river);
  const right = hover.x > props.width / 2;
  return (
    <div
      class="tooltip"
      aria-hidden="true"
      style={{
        [right ? 'right' : 'left']: `${right ? props.width - hover.x + 12 : hover.x + 12}px`,
        top: `${Math.max(0, hover.y - 36)}px`,
      }}
    >
      {text}
    </div>
  );
}
