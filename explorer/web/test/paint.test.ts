import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Colours } from '../src/graph/colours';
import { layOut, type Layout } from '../src/graph/layout';
import { paint } from '../src/graph/paint';
import type { Band, River, RiverNode } from '../src/graph/river';

/** One call that leaves something on the canvas. */
interface Stroke {
  what: 'stroke' | 'fill' | 'rect';
  colour: string;
  alpha: number;
  width: number;
  dash: number[];
  clipped: boolean;
  /** Where its path begins. */
  from: [number, number];
}

/** A canvas that remembers what was painted, in its order; what comes first lies on top. */
function canvas(): { element: HTMLCanvasElement; strokes: Stroke[] } {
  const strokes: Stroke[] = [];
  const state = { globalAlpha: 1, strokeStyle: '', fillStyle: '', lineWidth: 1, dash: [] as number[], clipped: false };
  let from: [number, number] = [0, 0];
  const add = (what: Stroke['what'], colour: string) =>
    strokes.push({ what, colour, alpha: state.globalAlpha, width: state.lineWidth, dash: state.dash, clipped: state.clipped, from });
  const context = Object.assign(state, {
    setTransform: () => undefined,
    save: () => undefined,
    restore: () => (state.clipped = false),
    clip: () => (state.clipped = true),
    beginPath: () => undefined,
    rect: () => undefined,
    roundRect: (x: number, y: number) => (from = [x, y]),
    moveTo: (x: number, y: number) => (from = [x, y]),
    lineTo: () => undefined,
    bezierCurveTo: () => undefined,
    setLineDash: (dash: number[]) => (state.dash = dash),
    stroke: () => add('stroke', state.strokeStyle),
    fill: () => add('fill', state.fillStyle),
    fillRect: () => add('rect', state.fillStyle),
  });
  return { element: { getContext: () => context, width: 0, height: 0 } as unknown as HTMLCanvasElement, strokes };
}

/** Hues by their names. */
const COLOURS = new Proxy({ dark: false, dim: 0.36 } as Record<string, unknown>, {
  get: (given, name: string) => given[name] ?? name,
  ownKeys: (given) => [...Object.keys(given), 'page', 'panel', 'ink2', 'attention', 'mlp', 'residual', 'towards', 'away'],
  getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
}) as unknown as Colours;

const node = (kind: RiverNode['kind'], layer: number, position: number, share: number): RiverNode => ({
  id: `${kind}${layer}_${position}`,
  kind,
  layer,
  position,
  share,
});
const band = (from: string, to: string, kind: Band['kind'], amount: number, more: Partial<Band> = {}): Band => ({
  sel: `${from}>${to}`,
  from,
  to,
  kind,
  amount,
  ...more,
});

function river(bands: Band[], change: Partial<River> = {}): River {
  return {
    style: 'route',
    layers: 1,
    between: true,
    tokens: 2,
    target: 1,
    nodes: [node('X', 0, 0, 0.5), node('X', 0, 1, 0.5), node('A', 0, 1, 1), node('I', 0, 1, 1)],
    bands,
    lost: new Map(),
    sources: new Map(),
    size: { nodes: 0, edges: 0 },
    ...change,
  };
}

function painted(of: River, dim?: { by: number; done: () => void }): { strokes: Stroke[]; layout: Layout } {
  vi.stubGlobal('devicePixelRatio', 1);
  vi.stubGlobal('requestAnimationFrame', (f: () => void) => f());
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
  const layout = layOut(of, { width: 900, height: 500 });
  const { element, strokes } = canvas();
  paint(element, layout, of, COLOURS, { left: 0, width: 900 }, dim);
  return { strokes, layout };
}

afterEach(() => vi.unstubAllGlobals());

const PLAIN = [
  band('X0_1', 'A0_1', 'residual', 0.5),
  band('X0_0', 'A0_1', 'attention', 0.4),
  band('X0_1', 'A0_1', 'attention', 0.1),
  band('A0_1', 'I0_1', 'mlp', 0.3),
  band('A0_1', 'I0_1', 'residual', 0.7),
];

describe('the picture', () => {
  it('has hues of their own for attention, MLPs and what is carried on, as wide as their amounts', () => {
    const { strokes, layout } = painted(river(PLAIN));
    const widths = (colour: string) => strokes.filter((s) => s.what === 'stroke' && s.colour === colour).map((s) => s.width / layout.scale);
    expect(widths('attention').map((w) => w.toFixed(2))).toEqual(['0.40', '0.10']);
    expect(widths('mlp').map((w) => w.toFixed(2))).toEqual(['0.30']);
    expect(widths('residual').map((w) => w.toFixed(2))).toEqual(['0.70', '0.50']);
  });

  it('is painted from the strongest down, each under what is there', () => {
    const { strokes } = painted(river(PLAIN));
    const order = strokes.filter((s) => ['attention', 'mlp', 'residual'].includes(s.colour) && s.what === 'stroke').map((s) => s.colour);
    expect(order).toEqual(['attention', 'attention', 'mlp', 'residual', 'residual']);
  });

  it('has a casing of the page, a pixel on both sides, round bands that cross others', () => {
    const { strokes } = painted(river(PLAIN));
    const casings = strokes.filter((s) => s.what === 'stroke' && s.colour === 'page');
    const crossing = strokes.find((s) => s.colour === 'attention')!;
    expect(casings.map((s) => s.width)).toEqual([crossing.width + 2]);
  });

  it('has states hollow after attention and filled after the MLP, a square for the MLP', () => {
    const { strokes } = painted(river(PLAIN));
    expect(strokes.filter((s) => s.what === 'fill').map((s) => s.colour)).toEqual(['panel', 'ink2']);
    expect(strokes.filter((s) => s.what === 'rect' && s.colour === 'mlp')).toHaveLength(1);
  });

  it('has what is lost hatched', () => {
    const { strokes, layout } = painted(river(PLAIN, { lost: new Map([['A0_1', 0.2]]) }));
    expect(layout.stubs).toHaveLength(1);
    expect(strokes.filter((s) => s.clipped).map((s) => s.colour)).toEqual(['ink2']);
  });

  it('has towards at the left of away, together as wide as the band', () => {
    const of = river([band('X0_1', 'A0_1', 'residual', 1, { towards: 0.75, away: 0.25 })], { style: 'contrast' });
    const { strokes, layout } = painted(of);
    const [towards, away] = ['towards', 'away'].map((c) => strokes.find((s) => s.colour === c)!) as [Stroke, Stroke];
    expect(towards.width + away.width).toBeCloseTo(layout.scale);
    expect(towards.from[0] + towards.width / 2).toBeCloseTo(away.from[0] - away.width / 2);
  });

  it('has what works against an answer thin and dashed', () => {
    const { strokes } = painted(river([band('X0_0', 'A0_1', 'attention', 0.4, { look: 'against' })], { style: 'relevance' }));
    const against = strokes.find((s) => s.colour === 'attention')!;
    expect(against.width).toBe(0.8);
    expect(against.dash).toEqual([4, 3]);
  });

  it('has dashed what only the first of two has, dotted what only the second has, solid what both have', () => {
    const dash = (look?: Band['look']) =>
      painted(river([band('X0_0', 'A0_1', 'attention', 0.4, look && { look })], { style: 'compare' })).strokes.find((s) => s.colour === 'attention')!.dash;
    expect(dash('first')).toEqual([8, 5]);
    expect(dash('second')).toEqual([2, 4]);
    expect(dash()).toEqual([]);
  });

  it('stands back behind what is meant, but never out of sight, and says when it is done', () => {
    const done = vi.fn();
    const { strokes } = painted(river(PLAIN), { by: 0.36, done });
    expect(done).toHaveBeenCalledOnce();
    const shown = strokes.filter((s) => s.colour !== 'page');
    for (const s of shown) expect(s.alpha).toBeGreaterThanOrEqual(0.2);
    expect(shown.some((s) => Math.abs(s.alpha - 0.36) < 1e-9)).toBe(true);
  });

  it('leaves out what lies beyond the window', () => {
    vi.stubGlobal('devicePixelRatio', 1);
    const of = river(PLAIN);
    const { element, strokes } = canvas();
    paint(element, layOut(of, { width: 900, height: 500 }), of, COLOURS, { left: 600, width: 200 });
    expect(strokes).toHaveLength(0);
  });
});
