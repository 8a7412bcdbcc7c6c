import type { ExpertName, NodeKind, Prediction, Route, RoutesDocument, Token, Trace, UpdateToken } from '../api/types';
import type { Shape } from '../graph/ids';
import { amounts } from '../graph/river';

/** What a file holds of a route. */
export interface Held {
  known: {
    position: number;
    mode: string;
    layers: number;
    predictions: Prediction[];
    /** The connections that the page's links edge-1, edge-2 ... lead to. */
    links: string[];
    readings: {
      states: { id: string; top: Prediction[] }[];
      connections: { id: string; head: number; promoted: UpdateToken[]; suppressed: UpdateToken[] }[];
      mlps: {
        id: string;
        neurons: { expert?: ExpertName; neuron: number; contribution: number; activation: number }[];
        promoted: UpdateToken[];
        suppressed: UpdateToken[];
      }[];
    };
  };
  route: RoutesDocument & { tokens: Token[] };
}

/** What states the model has: where there are some between attention and MLP, the route leads through them. */
export function shapeOf({ known, route }: Held): Shape {
  return { layers: known.layers, between: route.routes[0]!.nodes.some((n) => n.kind === 'after_attention') };
}

/** The trace that the picture asks for its row of predictions: here, the one of the explained position. */
export function traceOf({ known, route }: Held): Pick<Trace, 'id' | 'tokens' | 'predictions'> {
  const predictions = new Array<Trace['predictions'][number]>(route.tokens.length);
  predictions[known.position] = { position: known.position, top: known.predictions };
  return { id: 'file', tokens: route.tokens, predictions };
}

export interface InPart {
  from: string;
  kind: string;
  weight: number;
}

/** What a state of the route is made of, largest first. */
export function partsOf(route: Route, id: string): InPart[] {
  return route.edges
    .filter((e) => e.to === id)
    .map((e) => ({ from: e.from, kind: e.kind as string, weight: e.weight }))
    .sort((a, b) => b.weight - a.weight);
}

/** The amount of a connection and the heads that carry it, by how much. */
export function connectionOf(route: Route, sel: string): { amount: number; heads: { head: number; amount: number }[] } | undefined {
  const [from, to] = sel.split('>');
  const edge = amounts(route).find((e) => e.from === from && e.to === to && e.kind === 'attention');
  if (!edge) return undefined;
  const all = (edge.heads ?? []).reduce((sum, [, c]) => sum + c, 0) || 1;
  return { amount: edge.amount, heads: (edge.heads ?? []).map(([head, c]) => ({ head, amount: (edge.amount * c) / all })) };
}

/** How much of the last state passes through a node; of an MLP, what it wrote. */
export function flowOf(route: Route, id: string): number {
  return route.nodes.find((n) => n.id === id)?.flow ?? 0;
}

export function kindWord(kind: NodeKind | string): string {
  return { residual: 'Residual', mlp_out: 'MLP', attention: 'Attention' }[kind] ?? kind;
}
