import { describe, expect, it } from 'vitest';
import { connectionOf, flowOf, partsOf, traceOf, type Held } from '../src/alone/held';
import type { Route } from '../src/api/types';

const route: Route = {
  position: 1,
  nodes: [
    { id: 'X0_0', kind: 'token', layer: 0, position: 0, flow: 0.6 },
    { id: 'X0_1', kind: 'token', layer: 0, position: 1, flow: 0.4 },
    { id: 'A0_1', kind: 'after_attention', layer: 0, position: 1, flow: 0.8 },
  ],
  edges: [
    { from: 'X0_1', to: 'A0_1', kind: 'residual', weight: 0.25 },
    { from: 'X0_0', to: 'A0_1', kind: 'attention', weight: 0.75, heads: [[2, 0.5], [0, 0.25]] },
  ],
  source_flow: [[0, 0.6], [1, 0.4]],
};

describe('what a file of a route holds', () => {
  it('lists the parts of a state, largest first', () => {
    expect(partsOf(route, 'A0_1').map((p) => [p.from, p.weight])).toEqual([['X0_0', 0.75], ['X0_1', 0.25]]);
  });

  it('shares the amount of a connection among its heads', () => {
    const { amount, heads } = connectionOf(route, 'X0_0>A0_1')!;
    expect(amount).toBeCloseTo(0.6);
    expect(heads.map((h) => h.head)).toEqual([2, 0]);
    expect(heads[0]!.amount).toBeCloseTo(0.4);
    expect(connectionOf(route, 'X0_1>A0_1')).toBeUndefined();
  });

  it('knows the flow of a node, and the prediction of one position alone', () => {
    expect(flowOf(route, 'A0_1')).toBe(0.8);
    expect(flowOf(route, 'M9_9')).toBe(0);
    const held = {
      known: { position: 1, predictions: [{ id: 5, text: ' a', logit: 1, probability: 0.5, rank: 1 }] },
      route: { tokens: [{}, {}] },
    } as unknown as Held;
    const { predictions } = traceOf(held);
    expect(predictions[0]).toBeUndefined();
    expect(predictions[1]!.top[0]!.text).toBe(' a');
  });
});
