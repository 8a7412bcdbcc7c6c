import type { ContrastDocument, Route, RoutesDocument } from '../api/types';
import { parseNode, stateBefore, type Shape } from './ids';

/** A state or token of the picture; share 1 is the whole of the last state. */
export interface RiverNode {
  id: string;
  kind: 'X' | 'A' | 'I';
  layer: number;
  position: number;
  share: number;
}

/** What runs from one state to another, as wide as its amount. */
export interface Band {
  /** What selecting it selects: "I1_2>A2_14", "M2_14"; a residual band selects the state it leaves. */
  sel: string;
  from: string;
  to: string;
  kind: 'attention' | 'residual' | 'mlp';
  amount: number;
  /** In the contrast: parts of the amount. */
  towards?: number;
  away?: number;
  /** In relevance: works against the answer. In a comparison: which of two has it. */
  look?: 'against' | 'first' | 'second';
}

export interface River extends Shape {
  style: 'route' | 'contrast' | 'relevance' | 'compare';
  tokens: number;
  target: number;
  nodes: RiverNode[];
  bands: Band[];
  /** What of a node ends there. */
  lost: Map<string, number>;
  /** What stands under each token: its share, or its net amount. */
  sources: Map<number, number>;
  /** How the size of it is said. */
  size: { nodes: number; edges: number };
}

/** Below this, what is missing at a node is rounding. */
const NOTHING = 2e-5;

/** The amount of each edge of a route, by "from>to kind": weight times the flow of the state it enters. */
export function amounts(route: Route): { from: string; to: string; kind: string; amount: number; heads?: [number, number][] }[] {
  const flow = new Map(route.nodes.map((n) => [n.id, n.flow]));
  return route.edges.map((e) => ({
    ...e,
    amount: e.kind === 'mlp_in' ? (flow.get(e.to) ?? 0) : e.weight * (flow.get(e.to) ?? 0),
  }));
}

/** The river of a plain route. */
export function riverOfRoute(document: RoutesDocument, shape: Shape, tokens: number): River {
  const route = document.routes[0]!;
  const nodes = statesOf(route);
  const bands: Band[] = amounts(route)
    .filter((e) => e.kind !== 'mlp_in')
    .map((e) => bandOf(e.from, e.to, e.kind, e.amount, shape));
  const lost = new Map<string, number>();
  if (!document.pruned) {
    const arrives = new Map<string, number>();
    for (const band of bands) arrives.set(band.to, (arrives.get(band.to) ?? 0) + band.amount);
    for (const node of nodes) {
      const rest = node.share - (arrives.get(node.id) ?? 0);
      if (node.kind !== 'X' && rest > NOTHING * (1 + (arrives.get(node.id) ?? 0) * 10)) lost.set(node.id, rest);
    }
  }
  return {
    style: 'route',
    ...shape,
    tokens,
    target: route.position,
    nodes,
    bands,
    lost,
    sources: new Map(route.source_flow),
    size: { nodes: route.nodes.length, edges: route.edges.length },
  };
}

/** The river of relevance: weights are shares of the answer's value already, those against it thin and dashed. */
export function riverOfRelevance(document: RoutesDocument, shape: Shape, tokens: number): River {
  const route = document.routes[0]!;
  const bands = route.edges
    .filter((e) => e.kind !== 'mlp_in')
    .map((e): Band => {
      const band = bandOf(e.from, e.to, e.kind, Math.abs(e.weight), shape);
      return e.weight < 0 ? { ...band, look: 'against' } : band;
    });
  return {
    style: 'relevance',
    ...shape,
    tokens,
    target: route.position,
    nodes: statesOf(route).map((n) => ({ ...n, share: Math.abs(n.share) })),
    bands,
    lost: new Map(),
    sources: new Map(route.source_flow),
    size: { nodes: route.nodes.length, edges: route.edges.length },
  };
}

/** The river of a contrast: towards and away side by side, of all that arrives at the last state. */
export function riverOfContrast(
  document: ContrastDocument,
  net: Map<number, number>,
  shape: Shape,
  tokens: number,
  target: number,
): River {
  const total = Math.max(1e-12, ...document.nodes.map((n) => n.towards + n.away));
  const nodes = document.nodes
    .filter((n) => n.kind !== 'mlp')
    .map((n) => ({ ...parseNode(n.id), id: n.id, share: (n.towards + n.away) / total }) as RiverNode);
  const bands = document.edges
    .filter((e) => e.kind !== 'mlp_in')
    .map((e): Band => {
      const towards = e.towards / total;
      const away = e.away / total;
      return { ...bandOf(e.from, e.to, e.kind, towards + away, shape), towards, away };
    });
  return {
    style: 'contrast',
    ...shape,
    tokens,
    target,
    nodes,
    bands,
    lost: new Map(),
    sources: net,
    size: { nodes: document.nodes.length, edges: document.edges.length },
  };
}

/** Two routes on each other: what only the first has, what both have, what only the second has. */
export function riverOfTwo(first: River, second: River): River {
  const key = (b: Band) => `${b.from} ${b.to} ${b.kind}`;
  const other = new Map(second.bands.map((b) => [key(b), b]));
  const mine = new Set(first.bands.map(key));
  const bands: Band[] = first.bands.map((b) => {
    const twin = other.get(key(b));
    return twin ? { ...b, amount: Math.max(b.amount, twin.amount) } : { ...b, look: 'first' };
  });
  for (const b of second.bands) if (!mine.has(key(b))) bands.push({ ...b, look: 'second' });
  const nodes = new Map(first.nodes.map((n) => [n.id, n]));
  for (const n of second.nodes) {
    const twin = nodes.get(n.id);
    nodes.set(n.id, twin && twin.share >= n.share ? twin : n);
  }
  const sources = new Map(first.sources);
  return { ...first, style: 'compare', tokens: Math.max(first.tokens, second.tokens), nodes: [...nodes.values()], bands, lost: new Map(), sources };
}

/** The id of a node some columns further. */
export function shiftedId(id: string, by: number): string {
  return id.replace(/_(\d+)$/, (_, p: string) => `_${Number(p) + by}`);
}

/** A river some columns further; what would begin before the first column is left out. */
export function shiftedRiver(river: River, by: number): River {
  const move = (id: string) => shiftedId(id, by);
  const nodes = river.nodes.filter((n) => n.position + by >= 0).map((n) => ({ ...n, id: move(n.id), position: n.position + by }));
  const there = new Set(nodes.map((n) => n.id));
  const bands = river.bands
    .map((b) => ({ ...b, sel: b.sel.split('>').map(move).join('>'), from: move(b.from), to: move(b.to) }))
    .filter((b) => there.has(b.from) && there.has(b.to));
  const sources = new Map([...river.sources].map(([p, share]) => [p + by, share] as const));
  return { ...river, target: river.target + by, nodes, bands, sources };
}

function statesOf(route: Route): RiverNode[] {
  return route.nodes
    .filter((n) => n.kind !== 'mlp')
    .map((n) => ({ ...parseNode(n.id), id: n.id, share: n.flow }) as RiverNode);
}

function bandOf(from: string, to: string, kind: string, amount: number, shape: Shape): Band {
  if (kind === 'mlp_out' || kind === 'mlp') {
    const id = to.replace('I', 'M');
    return { sel: id, from: stateBefore(to, shape)!, to, kind: 'mlp', amount };
  }
  if (kind === 'attention') return { sel: `${from}>${to}`, from, to, kind: 'attention', amount };
  return { sel: from, from, to, kind: 'residual', amount };
}
