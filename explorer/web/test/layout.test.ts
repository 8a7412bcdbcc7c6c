import { describe, expect, it } from 'vitest';
import type { RoutesDocument } from '../src/api/types';
import { Hits } from '../src/graph/hit';
import { stateAfter, stateBefore } from '../src/graph/ids';
import { moved } from '../src/graph/keys';
import { layOut, opacityOf, type Layout, type PlacedBand } from '../src/graph/layout';
import { litBy } from '../src/graph/lit';
import { between } from '../src/graph/motion';
import { riverOfContrast, riverOfRelevance, riverOfRoute, riverOfTwo, shiftedRiver, type River } from '../src/graph/river';
import { svgPath } from '../src/graph/layout';
import { stateName } from '../src/text/names';
import { headShares } from '../src/views/Heads';
import { lensPaths } from '../src/views/Lens';
import { sentencesOf } from '../src/views/Prompts';
import type { Shown } from '../src/state/store';

/** Two layers, three tokens: the last reads the first in layer 1, all else stays in its column or passes an MLP. */
const ROUTE: RoutesDocument = {
  threshold: 0.04,
  routes: [
    {
      position: 2,
      nodes: [
        { id: 'X0_0', kind: 'token', layer: 0, position: 0, flow: 0.4 },
        { id: 'X0_2', kind: 'token', layer: 0, position: 2, flow: 0.6 },
        { id: 'A0_0', kind: 'after_attention', layer: 0, position: 0, flow: 0.3 },
        { id: 'A0_2', kind: 'after_attention', layer: 0, position: 2, flow: 0.7 },
        { id: 'M0_2', kind: 'mlp', layer: 0, position: 2, flow: 0.35 },
        { id: 'I0_0', kind: 'after_mlp', layer: 0, position: 0, flow: 0.3 },
        { id: 'I0_2', kind: 'after_mlp', layer: 0, position: 2, flow: 0.7 },
        { id: 'A1_2', kind: 'after_attention', layer: 1, position: 2, flow: 1 },
        { id: 'I1_2', kind: 'after_mlp', layer: 1, position: 2, flow: 1 },
      ],
      edges: [
        { from: 'X0_0', to: 'A0_0', kind: 'residual', weight: 1 },
        { from: 'X0_0', to: 'A0_2', kind: 'attention', weight: 1 / 7 },
        { from: 'X0_2', to: 'A0_2', kind: 'attention', weight: 2 / 7 },
        { from: 'X0_2', to: 'A0_2', kind: 'residual', weight: 4 / 7 },
        { from: 'A0_0', to: 'I0_0', kind: 'residual', weight: 1 },
        { from: 'A0_2', to: 'M0_2', kind: 'mlp_in', weight: 0.5 },
        { from: 'M0_2', to: 'I0_2', kind: 'mlp_out', weight: 0.5 },
        { from: 'A0_2', to: 'I0_2', kind: 'residual', weight: 0.5 },
        { from: 'I0_0', to: 'A1_2', kind: 'attention', weight: 0.3 },
        { from: 'I0_2', to: 'A1_2', kind: 'residual', weight: 0.7 },
        { from: 'A1_2', to: 'I1_2', kind: 'residual', weight: 1 },
      ],
      source_flow: [
        [0, 0.4],
        [2, 0.6],
      ],
    },
  ],
};

const SHAPE = { layers: 2, between: true };
/** One layer in which attention and MLP read the same state: there is none between them. */
const PARALLEL: RoutesDocument = {
  threshold: 0.04,
  routes: [
    {
      position: 1,
      nodes: [
        { id: 'X0_0', kind: 'token', layer: 0, position: 0, flow: 0.3 },
        { id: 'X0_1', kind: 'token', layer: 0, position: 1, flow: 0.7 },
        { id: 'M0_1', kind: 'mlp', layer: 0, position: 1, flow: 0.2 },
        { id: 'I0_1', kind: 'after_mlp', layer: 0, position: 1, flow: 1 },
      ],
      edges: [
        { from: 'X0_1', to: 'M0_1', kind: 'mlp_in', weight: 0.2 },
        { from: 'X0_0', to: 'I0_1', kind: 'attention', weight: 0.3 },
        { from: 'X0_1', to: 'I0_1', kind: 'residual', weight: 0.5 },
        { from: 'M0_1', to: 'I0_1', kind: 'mlp_out', weight: 0.2 },
      ],
      source_flow: [
        [0, 0.3],
        [1, 0.7],
      ],
    },
  ],
};

const FRAME = { width: 900, height: 500 };
const plain = () => riverOfRoute(ROUTE, SHAPE, 3);

/** The span that the ends of some bands cover at a node. */
function span(bands: PlacedBand[], end: 'x1' | 'x2', scale: number): [number, number] {
  const left = Math.min(...bands.map((b) => b[end] - (b.amount * scale) / 2));
  const right = Math.max(...bands.map((b) => b[end] + (b.amount * scale) / 2));
  return [left, right];
}

function expectWidthsToAddUp(layout: Layout): void {
  for (const [map, end] of [
    [layout.into, 'x2'],
    [layout.outOf, 'x1'],
  ] as const) {
    for (const [id, bands] of map) {
      const node = layout.nodes.get(id)!;
      const [left, right] = span(bands, end, layout.scale);
      const sum = bands.reduce((s, b) => s + b.amount, 0) * layout.scale;
      expect(right - left, id).toBeCloseTo(sum, 6);
      expect((left + right) / 2, id).toBeCloseTo(node.x, 6);
      const sorted = [...bands].sort((a, b) => a[end] - b[end]);
      for (let i = 1; i < sorted.length; i++) {
        const gap = sorted[i]![end] - sorted[i - 1]![end] - ((sorted[i]!.amount + sorted[i - 1]!.amount) * layout.scale) / 2;
        expect(gap, `${id} between bands`).toBeCloseTo(0, 6);
      }
    }
  }
}

describe('the river of a route', () => {
  it('gives every edge the share that passes it', () => {
    const amounts = new Map(plain().bands.map((b) => [`${b.from}>${b.to} ${b.kind}`, b.amount]));
    expect(amounts.get('I0_0>A1_2 attention')).toBeCloseTo(0.3);
    expect(amounts.get('A0_2>I0_2 mlp')).toBeCloseTo(0.35);
    expect(amounts.get('X0_0>A0_2 attention')).toBeCloseTo(0.1);
  });

  it('loses nothing where shares are shared out', () => {
    expect(plain().lost.size).toBe(0);
  });

  it('shows what a node loses in raw mode as a stub of that width', () => {
    const raw = structuredClone(ROUTE);
    raw.routes[0]!.edges.find((e) => e.to === 'A1_2' && e.kind === 'residual')!.weight = 0.5;
    const river = riverOfRoute(raw, SHAPE, 3);
    expect(river.lost.get('A1_2')).toBeCloseTo(0.2);
    const layout = layOut(river, FRAME);
    const stub = layout.stubs.find((s) => s.id === 'A1_2')!;
    expect(stub.width).toBeCloseTo(0.2 * layout.scale);
    const node = layout.nodes.get('A1_2')!;
    expect(stub.x + stub.width).toBeCloseTo(node.x + node.width / 2);
    expect(stub.x).toBeCloseTo(span(layout.into.get('A1_2')!, 'x2', layout.scale)[1]);
  });

  it('of relevance has shares of the answer for widths, and says what works against it', () => {
    const document = structuredClone(ROUTE);
    const edge = document.routes[0]!.edges.find((e) => e.from === 'I0_0' && e.to === 'A1_2')!;
    edge.weight = -0.3;
    const { bands, style } = riverOfRelevance(document, SHAPE, 3);
    expect(style).toBe('relevance');
    expect(bands.find((b) => b.sel === 'I0_0>A1_2')).toMatchObject({ amount: 0.3, look: 'against' });
    expect(bands.find((b) => b.to === 'A1_2' && b.kind === 'residual')).toMatchObject({ amount: 0.7 });
    expect(bands.filter((b) => b.look)).toHaveLength(1);
  });

  it('selects attention by its ends, and MLPs by their node', () => {
    const selections = plain().bands.map((b) => b.sel);
    expect(selections).toContain('I0_0>A1_2');
    expect(selections).toContain('M0_2');
  });
});

describe('the layout', () => {
  it('puts ends side by side: widths add up at every node', () => {
    expectWidthsToAddUp(layOut(plain(), FRAME));
  });

  it('does so in the contrast', () => {
    const nodes = ROUTE.routes[0]!.nodes.map((n) => ({ ...n, towards: 3 * n.flow, away: n.flow }));
    const edges = plain().bands.map((b) => ({ from: b.from, to: b.to, kind: b.kind, towards: 3 * b.amount, away: b.amount }));
    const document = { answer: TOKEN, distractor: null, logit: 2, biases: 0, nodes, edges, lost: { towards: 0, away: 0 } };
    const layout = layOut(riverOfContrast(document, new Map(), SHAPE, 3, 2), FRAME);
    expectWidthsToAddUp(layout);
    expect(layout.bands.find((b) => b.to === 'I1_2')!.amount).toBeCloseTo(1);
  });

  it('makes pills as wide as their flow', () => {
    const layout = layOut(plain(), FRAME);
    expect(layout.nodes.get('I1_2')!.width).toBeCloseTo(layout.scale);
    expect(layout.nodes.get('I0_0')!.width).toBeCloseTo(0.3 * layout.scale);
  });

  it('takes 100 % as 48 pixels, or 0.72 of a column', () => {
    expect(layOut(plain(), FRAME).scale).toBe(48);
    const many = { ...plain(), tokens: 24 };
    expect(layOut(many, FRAME).scale).toBeCloseTo(0.72 * 54);
  });

  it('takes it as less in many layers, as more in a contrast', () => {
    expect(layOut({ ...plain(), layers: 13 }, FRAME).scale).toBe(30);
    expect(layOut({ ...plain(), layers: 13, tokens: 40 }, { ...FRAME, fold: false }).scale).toBe(30);
    expect(layOut({ ...plain(), style: 'contrast' }, FRAME).scale).toBe(54);
    expect(layOut({ ...plain(), style: 'contrast', tokens: 24 }, FRAME).scale).toBeCloseTo(0.82 * 54);
  });

  it('keeps the faintest band visible', () => {
    const thin = { ...plain(), bands: plain().bands.map((b) => ({ ...b, amount: 1e-4 })) };
    expect(layOut(thin, FRAME).bands.every((b) => b.width === 0.8)).toBe(true);
  });

  it('has columns of 54 to 96 pixels up to 24 tokens, none folded', () => {
    const layout = layOut({ ...plain(), tokens: 24 }, FRAME);
    expect(layout.columns.every((c) => !c.folded && c.width >= 54 && c.width <= 96)).toBe(true);
  });

  it('folds quiet columns of a long text, but never the target', () => {
    const river = { ...plain(), tokens: 100, target: 60 };
    const layout = layOut(river, FRAME);
    const open = layout.columns.filter((c) => !c.folded).map((c) => c.from);
    expect(open).toEqual([0, 2, 60]);
    const covered = layout.columns.reduce((n, c) => n + c.to - c.from + 1, 0);
    expect(covered).toBe(100);
    expect(layout.columns.filter((c) => c.folded).every((c) => c.width === 22)).toBe(true);
    const unfolded = layOut(river, { ...FRAME, open: new Set([3]) });
    expect(unfolded.columns.filter((c) => !c.folded)).toHaveLength(60);
    expect(layOut(river, { ...FRAME, fold: false }).columns).toHaveLength(100);
  });

  it('fills its height with rows, and shrinks quiet layers above a dozen', () => {
    const sum = (l: Layout) => l.rows.reduce((h, r) => h + r.height, 0);
    const few = layOut(plain(), FRAME);
    expect(few.rows[0]!.height).toBeCloseTo(few.rows[1]!.height);
    const many = layOut({ ...plain(), layers: 30 }, FRAME);
    expect(sum(many)).toBeCloseTo(sum(few));
    expect(many.rows[1]!.height).toBeGreaterThan(3 * many.rows[20]!.height);
  });

  it('bulges MLPs to the right of their column and gives them a square', () => {
    const band = layOut(plain(), FRAME).bands.find((b) => b.kind === 'mlp')!;
    expect(band.square!.x).toBeGreaterThan(band.x1 + 10);
    expect(band.square!.size).toBeGreaterThanOrEqual(7);
    expect(band.square!.size).toBeLessThanOrEqual(14);
  });

  it('draws curves with upright ends, 0.62 of their height', () => {
    const [x1, y1, c1x, c1y, c2x, c2y, x2, y2] = layOut(plain(), FRAME).bands.find((b) => b.sel === 'I0_0>A1_2')!.curve as [number, number, number, number, number, number, number, number];
    expect([c1x, c2x]).toEqual([x1, x2]);
    expect(c1y - y1).toBeCloseTo(0.62 * (y2 - y1));
    expect(y2 - c2y).toBeCloseTo(0.62 * (y2 - y1));
    expect(svgPath([0, 1, 2, 3, 4, 5, 6, 7])).toBe('M0.00 1.00C2.00 3.00 4.00 5.00 6.00 7.00');
  });

  it('has states at least so large, smaller ones in many layers where their row has room', () => {
    const few = layOut({ ...plain(), nodes: plain().nodes.map((n) => ({ ...n, share: 0.01 })) }, FRAME);
    expect([...few.nodes.values()].filter((n) => n.drawn).every((n) => n.width === 6.5 && n.height === 5.5)).toBe(true);
    const many = layOut({ ...plain(), layers: 30, nodes: plain().nodes.map((n) => ({ ...n, share: 0.01 })) }, FRAME);
    expect([...many.nodes.values()].every((n) => n.width === 3.4 && n.height === 3)).toBe(true);
    const after = many.nodes.get('I1_2')!;
    expect(after.drawn).toBe(many.rows[1]!.height >= 11);
    const low = layOut({ ...plain(), layers: 30 }, { ...FRAME, height: 100 });
    expect(low.rows[0]!.height).toBeLessThan(11);
    expect(low.nodes.get('I0_2')!.drawn).toBe(false);
  });

  it('bulges no MLP above a dozen layers, and gives a square to those from 3 % on', () => {
    const of = { ...plain(), layers: 30 };
    const mlp = layOut(of, FRAME).bands.find((b) => b.kind === 'mlp')!;
    expect(mlp.curve).toHaveLength(8);
    expect(mlp.square!.size).toBeGreaterThanOrEqual(4);
    expect(mlp.square!.size).toBeLessThanOrEqual(7);
    const little = { ...of, bands: of.bands.map((b) => (b.kind === 'mlp' ? { ...b, amount: 0.029 } : b)) };
    expect(layOut(little, FRAME).bands.find((b) => b.kind === 'mlp')!.square).toBeUndefined();
  });

  it('gives rows of many layers the height that attention asks for, and numbers to those with room', () => {
    const rows = layOut({ ...plain(), layers: 30 }, FRAME).rows;
    // 0.3 of the last state moves between columns in layer 1, 0.1 in layer 0, nothing in others.
    const asked = (moved: number) => 0.42 + Math.min(3.2, 6.5 * Math.sqrt(moved));
    expect(rows[1]!.height / rows[20]!.height).toBeCloseTo(asked(0.3) / asked(0));
    expect(rows[0]!.height / rows[20]!.height).toBeCloseTo(asked(0.1) / asked(0));
    for (const r of rows) expect(r.numbered).toBe(r.height >= 12 || r.layer === 29);
    const even = layOut({ ...plain(), layers: 30 }, { ...FRAME, even: true }).rows;
    expect(even[1]!.height).toBeCloseTo(even[20]!.height);
  });

  it('opens the columns of a long text no narrower than 40 pixels', () => {
    const open = layOut({ ...plain(), tokens: 100, target: 60 }, { ...FRAME, width: 200 }).columns.filter((c) => !c.folded);
    expect(open.every((c) => c.width === 40)).toBe(true);
  });

  it('places 2,000 tokens and 4,000 bands, all but the few that matter folded', () => {
    const nodes = plain().nodes.map((n) => ({ ...n, position: n.position * 900, id: n.id.replace(/_(\d+)/, (_, p: string) => `_${Number(p) * 900}`) }));
    const far = (id: string) => id.replace(/_(\d+)/, (_, p: string) => `_${Number(p) * 900}`);
    const bands = Array.from({ length: 400 }, () => plain().bands.map((b) => ({ ...b, from: far(b.from), to: far(b.to), amount: b.amount / 400 }))).flat();
    const layout = layOut({ ...plain(), tokens: 2000, target: 1800, nodes, bands }, FRAME);
    expect(layout.bands).toHaveLength(bands.length);
    expect(layout.columns.length).toBeLessThan(8);
    expect(layout.width).toBeLessThan(900);
  });

  it('goes up: every band ends above its start', () => {
    for (const b of layOut(plain(), FRAME).bands) expect(b.y2).toBeLessThan(b.y1);
  });
});

describe('finding and walking', () => {
  const layout = layOut(plain(), FRAME);

  it('hits the band under the pointer, and nothing in empty space', () => {
    const band = layout.bands.find((b) => b.sel === 'I0_0>A1_2')!;
    const middle = { x: (band.x1 + band.x2) / 2, y: (band.y1 + band.y2) / 2 };
    const hit = new Hits(layout).at(middle.x, middle.y + band.width / 4);
    expect(hit && 'band' in hit && hit.band.sel).toBe('I0_0>A1_2');
    expect(new Hits(layout).at(middle.x, middle.y - 60)).toBeUndefined();
  });

  it('moves along the column and to bands, strongest first', () => {
    expect(moved(layout, 'I1_2', { node: 'I1_2' }, 'ArrowDown')).toEqual({ node: 'A1_2' });
    expect(moved(layout, 'I1_2', { node: 'A1_2' }, ']')).toEqual({ node: 'A1_2', band: 0 });
    expect(layout.into.get('A1_2')![0]!.amount).toBeCloseTo(0.7);
    expect(moved(layout, 'I1_2', { node: 'A1_2' }, 'End')).toEqual({ node: 'X0_2' });
    expect(moved(layout, 'I1_2', { node: 'X0_2' }, 'Home')).toEqual({ node: 'I1_2' });
  });

  it('goes to the left and right along rows, and backwards through what comes in', () => {
    const along = moved(layout, 'I1_2', { node: 'A0_2' }, 'ArrowLeft')!;
    expect(layout.nodes.get(along.node)!.x).toBeLessThan(layout.nodes.get('A0_2')!.x);
    const back = moved(layout, 'I1_2', along, 'ArrowRight')!;
    expect(layout.nodes.get(back.node)!.x).toBeGreaterThan(layout.nodes.get(along.node)!.x);
    const last = layout.into.get('A1_2')!.length - 1;
    expect(moved(layout, 'I1_2', { node: 'A1_2' }, '[')).toEqual({ node: 'A1_2', band: last });
    expect(moved(layout, 'I1_2', { node: 'A1_2', band: last }, ']')).toEqual({ node: 'A1_2', band: 0 });
    expect(moved(layout, 'I1_2', { node: 'A1_2' }, 'x')).toBeUndefined();
  });

  it('reaches a thin band from six pixels away, and no further', () => {
    const thin = { ...plain(), bands: plain().bands.map((b) => ({ ...b, amount: 1e-4 })) };
    const of = layOut(thin, FRAME);
    const { curve } = of.bands.find((b) => b.sel === 'I0_0>A1_2')!;
    const hits = new Hits(of);
    // At its very middle, where nothing else is near.
    const x = (curve[0]! + curve[6]!) / 2;
    const y = (curve[1]! + curve[7]!) / 2;
    const sel = (dy: number) => {
      const hit = hits.at(x, y + dy);
      return hit && 'band' in hit ? hit.band.sel : undefined;
    };
    expect(sel(0)).toBe('I0_0>A1_2');
    expect(sel(5)).toBe('I0_0>A1_2');
    expect(sel(24)).toBeUndefined();
  });

  it('keeps the way down to the tokens and up to the target bright', () => {
    const lit = litBy(layout, 'I0_0>A1_2')!;
    expect([...lit.nodes].sort()).toEqual(['A0_0', 'A1_2', 'I0_0', 'I1_2', 'X0_0']);
    expect(litBy(layout, 'I0_1>A1_2')).toBeUndefined();
  });
});

describe('a river on its way to another', () => {
  it('has widths in between, what is new growing and what is gone shrinking', () => {
    const after = plain();
    after.bands = after.bands.filter((b) => b.sel !== 'I0_0>A1_2').map((b) => (b.to === 'A1_2' ? { ...b, amount: 1 } : b));
    const half = between(plain(), after, 0.5);
    expect(half.bands.find((b) => b.sel === 'I0_0>A1_2')!.amount).toBeCloseTo(0.15);
    expect(half.bands.find((b) => b.to === 'A1_2' && b.kind === 'residual')!.amount).toBeCloseTo(0.85);
    expect(between(plain(), after, 1).bands.filter((b) => b.amount > 0)).toHaveLength(after.bands.length);
    expectWidthsToAddUp(layOut(half, FRAME));
  });
});

describe('how strongly bands are drawn', () => {
  const band = (amount: number) => ({ ...layOut(plain(), FRAME).bands.find((b) => b.kind === 'attention')!, amount });

  it('goes with their amount, from a floor that is higher in the dark', () => {
    expect(opacityOf(band(0), 'route', 2, false)).toBeCloseTo(0.4);
    expect(opacityOf(band(0), 'route', 2, true)).toBeCloseTo(0.55);
    expect(opacityOf(band(0.05), 'route', 2, false)).toBeCloseTo(0.7);
    expect(opacityOf(band(1), 'route', 2, true)).toBeCloseTo(0.95);
  });
});

describe('a model whose attention and MLP read the same state', () => {
  const one = { layers: 2, between: false };

  it('has its MLPs between the state they read and the one they write', () => {
    const layout = layOut(riverOfRoute(PARALLEL, { layers: 1, between: false }, 2), FRAME);
    const mlp = layout.bands.find((b) => b.kind === 'mlp')!;
    expect([mlp.sel, mlp.from, mlp.to, mlp.amount]).toEqual(['M0_1', 'X0_1', 'I0_1', 0.2]);
    expect(layout.into.get('I0_1')!.length).toBe(3);
  });

  it('has one state a layer', () => {
    expect(['X0_3', 'I0_3', 'M1_3', 'I1_3'].map((id) => stateBefore(id, one))).toEqual([undefined, 'X0_3', 'I0_3', 'I0_3']);
    expect(['X0_3', 'I0_3', 'M1_3', 'I1_3'].map((id) => stateAfter(id, one))).toEqual(['I0_3', 'I1_3', 'I1_3', undefined]);
    expect(['X0_3', 'A1_3', 'M1_3', 'I1_3'].map((id) => stateBefore(id, SHAPE))).toEqual([undefined, 'I0_3', 'A1_3', 'A1_3']);
    expect(['X0_3', 'A1_3', 'I0_3', 'I1_3'].map((id) => stateAfter(id, SHAPE))).toEqual(['A0_3', 'I1_3', 'A1_3', undefined]);
    expect(stateName('I1_3', one)).toBe('after layer 1, position 3');
    expect(stateName('I1_3', SHAPE)).toBe('after MLP 1, position 3');
  });
});

describe('the lens', () => {
  const shown = (layers: number, tokens: number) =>
    ({ address: {}, trace: { id: 'x', model: { n_layers: layers }, tokens: new Array(tokens).fill({}) } }) as unknown as Shown;

  it('asks at once where that is little, else for layers and columns in view', () => {
    expect(lensPaths(shown(4, 15), 0, 14, [3, 3], undefined)).toEqual(['api/traces/x/lens?top=1']);
    expect(lensPaths(shown(30, 70), 40, 69, [29, 29, 28], '#5')).toEqual([
      'api/traces/x/lens?positions=32-63&layer=29&top=1&rank_of=%235',
      'api/traces/x/lens?positions=64-69&layer=29&top=1&rank_of=%235',
      'api/traces/x/lens?positions=32-63&layer=28&top=1&rank_of=%235',
      'api/traces/x/lens?positions=64-69&layer=28&top=1&rank_of=%235',
    ]);
  });
});

describe('the heads of a route', () => {
  it('have what they brought, summed over connections, and their strongest', () => {
    const document = structuredClone(ROUTE);
    document.routes[0]!.edges.find((e) => e.to === 'A1_2' && e.kind === 'attention')!.heads = [[3, 0.2], [0, 0.1]];
    document.routes[0]!.edges.find((e) => e.from === 'X0_0' && e.to === 'A0_2')!.heads = [[3, 0.1]];
    document.routes[0]!.edges.find((e) => e.from === 'X0_2' && e.to === 'A0_2' && e.kind === 'attention')!.heads = [[3, 0.25]];
    const shares = headShares({ route: document } as unknown as Shown);
    expect(shares.get('1.3')).toMatchObject({ share: 0.2, strongest: 'I0_0>A1_2' });
    expect(shares.get('0.3')!.share).toBeCloseTo(0.7 * 0.35);
    expect(shares.get('0.3')!.strongest).toBe('X0_2>A0_2');
    expect(shares.has('1.7')).toBe(false);
  });
});

describe('a file of sentences', () => {
  it('has one a line, or JSON lines with a text', () => {
    expect(sentencesOf('One.\r\n{"text": "Two\\nlines."}\n{broken')).toBe('One.\nTwo lines.\n{broken');
  });
});

describe('two routes on each other', () => {
  it('have their targets in one column, without what would begin before the first', () => {
    const moved = shiftedRiver(plain(), -1);
    expect(moved.target).toBe(1);
    expect(moved.nodes.every((n) => n.position >= 0)).toBe(true);
    expect(moved.bands.some((b) => b.from.endsWith('_0') && b.to.endsWith('_1'))).toBe(false);
    expect(shiftedRiver(plain(), 2).bands.map((b) => b.sel)).toContain('I0_2>A1_4');
  });

  it('says which edges only one of them has', () => {
    const other: River = plain();
    other.bands = other.bands.filter((b) => b.sel !== 'I0_0>A1_2');
    const both = riverOfTwo(plain(), other);
    expect(both.bands.find((b) => b.sel === 'I0_0>A1_2')!.look).toBe('first');
    expect(riverOfTwo(other, plain()).bands.find((b) => b.sel === 'I0_0>A1_2')!.look).toBe('second');
    expect(both.bands.find((b) => b.sel === 'M0_2')!.look).toBeUndefined();
  });
});

const TOKEN = { id: 1, text: ' a', logit: 1, probability: 0.5, rank: 1 };
