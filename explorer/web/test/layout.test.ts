import { describe, expect, it } from 'vitest';
import type { RoutesDocument } from '../src/api/types';
import { Hits } from '../src/graph/hit';
import { moved } from '../src/graph/keys';
import { layOut, opacityOf, type Layout, type PlacedBand } from '../src/graph/layout';
import { litBy } from '../src/graph/lit';
import { between } from '../src/graph/motion';
import { riverOfContrast, riverOfRoute, riverOfTwo, shiftedRiver, type River } from '../src/graph/river';
import { lensPaths } from '../src/views/Lens';
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

const FRAME = { width: 900, height: 500 };
const plain = () => riverOfRoute(ROUTE, 2, 3);

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
    const river = riverOfRoute(raw, 2, 3);
    expect(river.lost.get('A1_2')).toBeCloseTo(0.2);
    const layout = layOut(river, FRAME);
    const stub = layout.stubs.find((s) => s.id === 'A1_2')!;
    expect(stub.width).toBeCloseTo(0.2 * layout.scale);
    const node = layout.nodes.get('A1_2')!;
    expect(stub.x + stub.width).toBeCloseTo(node.x + node.width / 2);
    expect(stub.x).toBeCloseTo(span(layout.into.get('A1_2')!, 'x2', layout.scale)[1]);
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
    const layout = layOut(riverOfContrast(document, new Map(), 2, 3, 2), FRAME);
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
