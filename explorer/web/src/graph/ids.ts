import type { Trace } from '../api/types';

/** What states a model has. */
export interface Shape {
  layers: number;
  /** Whether there is a state between attention and MLP of a layer. Where both read the same one there is none: no A, and I is after both. */
  between: boolean;
}

export function shapeOf(trace: Trace): Shape {
  return { layers: trace.model.n_layers, between: trace.state_between };
}

/** A node of the route by its id: X0_t a token, A{l}_t after attention, M{l}_t an MLP, I{l}_t after the MLP. */
export interface NodeId {
  kind: 'X' | 'A' | 'M' | 'I';
  layer: number;
  position: number;
}

export function parseNode(id: string): NodeId {
  const match = /^([XAMI])(\d+)_(\d+)$/.exec(id)!;
  return { kind: match[1] as NodeId['kind'], layer: Number(match[2]), position: Number(match[3]) };
}

/** The two ends of a selected connection, or nothing where a node is selected. */
export function parseEdge(sel: string | undefined): { from: NodeId; to: NodeId; ids: [string, string] } | undefined {
  if (!sel?.includes('>')) return undefined;
  const [from, to] = sel.split('>') as [string, string];
  return { from: parseNode(from), to: parseNode(to), ids: [from, to] };
}

/** The state before a state, or the one that an MLP reads, in its own column; nothing before a token. */
export function stateBefore(id: string, { between }: Shape): string | undefined {
  const { kind, layer, position } = parseNode(id);
  if (kind === 'X') return undefined;
  if (kind !== 'A' && between) return `A${layer}_${position}`;
  return layer === 0 ? `X0_${position}` : `I${layer - 1}_${position}`;
}

/** The state after a state, in its own column; nothing after the last. */
export function stateAfter(id: string, { layers, between }: Shape): string | undefined {
  const { kind, layer, position } = parseNode(id);
  const first = between ? 'A' : 'I';
  if (kind === 'X') return `${first}0_${position}`;
  if (kind === 'A' || kind === 'M') return `I${layer}_${position}`;
  return layer + 1 < layers ? `${first}${layer + 1}_${position}` : undefined;
}
