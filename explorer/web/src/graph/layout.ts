import type { Band, River, RiverNode } from './river';

/** Up to this many tokens nothing folds. */
export const SHORT = 24;
/** Up to this many layers all rows are alike and MLPs bulge. */
export const FEW = 12;
/** Columns under this share fold. */
const QUIET = 0.004;
const GAP = 22;
export const LEFT = 44;
const RIGHT = 26;
const TOP = 16;
const BOTTOM = 12;
const LEAST = 0.8;

export interface Frame {
  width: number;
  height: number;
  zoom?: number;
  fold?: boolean;
  even?: boolean;
  /** Folds that are open, by their first position. */
  open?: ReadonlySet<number>;
}

/** A token's column, or a fold of several. */
export interface Column {
  from: number;
  to: number;
  folded: boolean;
  x: number;
  width: number;
}

export interface Row {
  layer: number;
  top: number;
  height: number;
  numbered: boolean;
}

export interface PlacedNode extends RiverNode {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Whether its pill is drawn; it can be reached in any case. */
  drawn: boolean;
}

export interface PlacedBand extends Band {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  width: number;
  crosses: boolean;
  opacity: number;
  /** A start and then control, control, end of each cubic. */
  curve: number[];
  /** The square of an MLP. */
  square?: { x: number; y: number; size: number };
}

/** What of a node ends there: a short stub below it. */
export interface Stub {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  width: number;
  height: number;
  /** Pixels of 100 %. */
  scale: number;
  columns: Column[];
  rows: Row[];
  /** The middle of each position's column. */
  x: number[];
  nodes: Map<string, PlacedNode>;
  bands: PlacedBand[];
  into: Map<string, PlacedBand[]>;
  outOf: Map<string, PlacedBand[]>;
  stubs: Stub[];
}

/** Places a river on a plane: columns, rows, ends side by side so that widths add up at every node. */
export function layOut(river: River, frame: Frame): Layout {
  const columns = columnsOf(river, frame);
  const x = new Array<number>(river.tokens);
  for (const column of columns) for (let p = column.from; p <= column.to; p++) x[p] = column.x;
  const lastColumn = columns[columns.length - 1]!;
  const width = lastColumn.x + lastColumn.width / 2 + RIGHT;
  const height = frame.height * (frame.zoom ?? 1);
  const rows = rowsOf(river, height, frame.even ?? false);
  const open = columns.filter((c) => !c.folded);
  const columnWidth = open.length > 0 ? open[0]!.width : GAP;
  const most = { contrast: [0.82, 54], relevance: [0.6, river.layers > FEW ? 30 : 38] }[river.style as string] ?? [
    0.72,
    river.layers > FEW ? 30 : 48,
  ];
  const widths = widthsOf(river);
  const widest = Math.max(1, ...widths.values());
  const scale = Math.min(columnWidth * most[0]!, most[1]!) / widest;

  const y = heights(rows, river.layers, height);
  const nodes = new Map<string, PlacedNode>();
  for (const node of river.nodes) {
    const many = river.layers > FEW;
    nodes.set(node.id, {
      ...node,
      x: x[node.position]!,
      y: y(node),
      width: Math.max(many ? 3.4 : 6.5, (widths.get(node.id) ?? 0) * scale),
      height: many ? 3 : 5.5,
      drawn: node.kind !== 'X',
    });
  }
  const { bands, into, outOf } = placeBands(river, nodes, scale);
  if (river.layers > FEW) thinOut(nodes, into, rows);
  if (river.style === 'contrast') {
    for (const node of nodes.values()) {
      const at = [...(into.get(node.id) ?? []), ...(outOf.get(node.id) ?? [])];
      if (!at.some((b) => b.amount * scale > 0.5)) node.drawn = false;
    }
  }
  return { width, height, scale, columns, rows, x, nodes, bands, into, outOf, stubs: stubsOf(river, nodes, into, scale) };
}

/** How wide each node is: its share, or what passes it where that is more (relevance is not conserved by the model's biases). */
function widthsOf(river: River): Map<string, number> {
  const widths = new Map(river.nodes.map((n) => [n.id, n.share]));
  if (river.style === 'route') return widths;
  const into = new Map<string, number>();
  const outOf = new Map<string, number>();
  for (const b of river.bands) {
    if (b.look === 'against') continue;
    into.set(b.to, (into.get(b.to) ?? 0) + b.amount);
    outOf.set(b.from, (outOf.get(b.from) ?? 0) + b.amount);
  }
  for (const n of river.nodes) widths.set(n.id, Math.max(n.share, into.get(n.id) ?? 0, outOf.get(n.id) ?? 0));
  return widths;
}

function columnsOf(river: River, frame: Frame): Column[] {
  const fold = (frame.fold ?? true) && river.tokens > SHORT;
  const strongest = new Array<number>(river.tokens).fill(0);
  for (const n of river.nodes) strongest[n.position] = Math.max(strongest[n.position]!, n.share);
  const keeps = (p: number) => !fold || strongest[p]! > QUIET || p === river.target;
  const columns: Column[] = [];
  for (let p = 0; p < river.tokens; ) {
    let end = p;
    if (!keeps(p)) while (end + 1 < river.tokens && !keeps(end + 1)) end++;
    const folded = !keeps(p) && !frame.open?.has(p);
    if (folded) columns.push({ from: p, to: end, folded: true, x: 0, width: GAP });
    else for (let q = p; q <= end; q++) columns.push({ from: q, to: q, folded: false, x: 0, width: 0 });
    p = end + 1;
  }
  const open = columns.filter((c) => !c.folded).length;
  const free = frame.width * (frame.zoom ?? 1) - LEFT - RIGHT - (columns.length - open) * GAP;
  const least = fold ? 40 : 54;
  const width = Math.max(least, Math.min(96 * (frame.zoom ?? 1), open > 0 ? free / open : least));
  let x = LEFT;
  for (const column of columns) {
    column.width = column.folded ? GAP : width;
    column.x = x + column.width / 2;
    x += column.width;
  }
  return columns;
}

/** Rows of layers, from the bottom: above a dozen, a row is as high as what moves between its columns asks for. */
function rowsOf(river: River, height: number, even: boolean): Row[] {
  const moved = new Array<number>(river.layers).fill(0);
  const position = new Map(river.nodes.map((n) => [n.id, n.position]));
  const layer = new Map(river.nodes.map((n) => [n.id, n.layer]));
  for (const b of river.bands) {
    if (b.kind === 'attention' && position.get(b.from) !== position.get(b.to)) moved[layer.get(b.to)!]! += b.amount;
  }
  const uneven = river.layers > FEW && !even;
  const weight = moved.map((m) => (uneven ? 0.42 + Math.min(3.2, 6.5 * Math.sqrt(m)) : 1));
  const all = weight.reduce((a, b) => a + b, 0);
  const rows: Row[] = [];
  let bottom = height - BOTTOM;
  for (let l = 0; l < river.layers; l++) {
    const h = ((height - TOP - BOTTOM) * weight[l]!) / all;
    bottom -= h;
    rows.push({ layer: l, top: bottom, height: h, numbered: h >= 12 || l === river.layers - 1 });
  }
  return rows;
}

function heights(rows: Row[], layers: number, height: number): (node: RiverNode) => number {
  return (node) => {
    if (node.kind === 'X') return height - BOTTOM;
    const row = rows[node.layer]!;
    return node.kind === 'I' ? row.top : row.top + row.height * (1 - (layers > FEW ? 0.5 : 0.56));
  };
}

function placeBands(river: River, nodes: Map<string, PlacedNode>, scale: number): Pick<Layout, 'bands' | 'into' | 'outOf'> {
  const into = new Map<string, PlacedBand[]>();
  const outOf = new Map<string, PlacedBand[]>();
  const bands: PlacedBand[] = [];
  for (const band of river.bands) {
    const from = nodes.get(band.from);
    const to = nodes.get(band.to);
    if (!from || !to) continue;
    const placed: PlacedBand = {
      ...band,
      x1: from.x,
      y1: from.y,
      x2: to.x,
      y2: to.y,
      width: band.look === 'against' ? LEAST : Math.max(LEAST, band.amount * scale),
      crosses: from.position !== to.position,
      opacity: 1,
      curve: [],
    };
    bands.push(placed);
    listed(into, band.to).push(placed);
    listed(outOf, band.from).push(placed);
  }
  for (const [id, list] of outOf) stack(list, nodes.get(id)!, (b) => nodes.get(b.to)!, 'x1', scale, 0);
  for (const [id, list] of into) {
    stack(list, nodes.get(id)!, (b) => nodes.get(b.from)!, 'x2', scale, river.lost.get(id) ?? 0);
  }
  const bulge = Math.max(14, scale * 0.36);
  for (const band of bands) {
    band.curve = curveOf(band, river, bulge);
    if (band.kind === 'mlp' && river.style !== 'contrast') band.square = squareOf(band, river, scale, bulge);
  }
  return { bands, into, outOf };
}

/**
 * Puts the ends of bands at a node side by side, in the order of where they come from; together, and with what is
 * lost at their right, they lie in its middle.
 */
function stack(
  list: PlacedBand[],
  node: PlacedNode,
  other: (band: PlacedBand) => PlacedNode,
  end: 'x1' | 'x2',
  scale: number,
  lost: number,
): void {
  const rank = (band: PlacedBand) => {
    if (band.kind === 'mlp') return 1;
    const distance = other(band).position - node.position;
    if (distance === 0) return band.kind === 'attention' ? -1 : 0;
    return distance * 10;
  };
  const ordered = list.filter((b) => b.look !== 'against').sort((a, b) => rank(a) - rank(b));
  let offset = -ordered.reduce((sum, b) => sum + b.amount * scale, lost * scale) / 2;
  for (const band of ordered) {
    const width = band.amount * scale;
    band[end] = node.x + offset + width / 2;
    offset += width;
  }
  list.sort((a, b) => b.amount - a.amount);
}

function curveOf(b: PlacedBand, river: River, bulge: number): number[] {
  const { x1, y1, x2, y2 } = b;
  if (b.kind === 'mlp' && river.layers <= FEW && river.style !== 'contrast') {
    const x = Math.max(x1, x2) + bulge;
    const middle = (y1 + y2) / 2;
    const k = Math.min(14, (y1 - y2) / 4);
    return [x1, y1, x1, y1 - k * 0.6, x, middle + k, x, middle, x, middle - k, x2, y2 + k * 0.6, x2, y2];
  }
  const k = (y2 - y1) * (b.crosses ? 0.62 : 0.5);
  return [x1, y1, x1, y1 + k, x2, y2 - k, x2, y2];
}

function squareOf(b: PlacedBand, river: River, scale: number, bulge: number): PlacedBand['square'] {
  const middle = (b.y1 + b.y2) / 2;
  if (river.layers > FEW) {
    if (b.amount <= 0.03) return undefined;
    return { x: (b.x1 + b.x2) / 2, y: middle, size: Math.min(7, Math.max(4, b.y1 - b.y2 - 2)) };
  }
  if (b.amount * scale <= 0.7) return undefined;
  const size = Math.max(7, Math.min(14, 5 + 11 * Math.sqrt(b.amount)));
  return { x: Math.max(b.x1, b.x2) + bulge, y: middle, size };
}

/** Above a dozen layers pills stand only where a row has room, or where attention comes in. */
function thinOut(nodes: Map<string, PlacedNode>, into: Map<string, PlacedBand[]>, rows: Row[]): void {
  for (const node of nodes.values()) {
    if (node.kind === 'X') continue;
    const reads = (into.get(node.id) ?? []).some((b) => b.kind === 'attention' && b.crosses && b.amount > QUIET);
    const room = rows[node.layer]!.height >= 11;
    node.drawn = node.kind === 'A' ? reads : room;
  }
}

function stubsOf(river: River, nodes: Map<string, PlacedNode>, into: Map<string, PlacedBand[]>, scale: number): Stub[] {
  const stubs: Stub[] = [];
  for (const [id, share] of river.lost) {
    const node = nodes.get(id)!;
    const kept = (into.get(id) ?? []).reduce((sum, b) => sum + b.amount * scale, 0);
    const width = share * scale;
    if (width < 0.4) continue;
    stubs.push({ id, x: node.x + (kept - width) / 2, y: node.y, width: Math.max(1, width), height: 13 });
  }
  return stubs;
}

function listed<V>(map: Map<string, V[]>, key: string): V[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}

/** How strongly a band is drawn. */
export function opacityOf(band: PlacedBand, style: River['style'], layers: number, dark: boolean): number {
  if (style === 'contrast') return Math.min(band.kind === 'attention' ? 1 : 0.62, (dark ? 0.3 : 0.2) + 20 * band.amount);
  if (band.look === 'against') return 0.7;
  if (band.kind === 'residual') return 1;
  if (band.kind === 'mlp') return layers > FEW ? 0.8 : 0.62;
  return Math.min(0.95, (dark ? 0.55 : 0.4) + 6 * band.amount);
}

/** A curve as the path of an SVG. */
export function svgPath(curve: readonly number[], dx = 0): string {
  const at = (i: number) => `${(curve[i]! + dx).toFixed(2)} ${curve[i + 1]!.toFixed(2)}`;
  let d = `M${at(0)}`;
  for (let i = 2; i < curve.length; i += 6) d += `C${at(i)} ${at(i + 2)} ${at(i + 4)}`;
  return d;
}

/** Points on a curve, with its ends. */
export function pointsOn(curve: readonly number[], perPiece: number): [number, number][] {
  const points: [number, number][] = [[curve[0]!, curve[1]!]];
  for (let i = 0; i + 7 < curve.length; i += 6) {
    for (let s = 1; s <= perPiece; s++) {
      const t = s / perPiece;
      const u = 1 - t;
      const on = (k: number) =>
        u * u * u * curve[i + k]! +
        3 * u * u * t * curve[i + k + 2]! +
        3 * u * t * t * curve[i + k + 4]! +
        t * t * t * curve[i + k + 6]!;
      points.push([on(0), on(1)]);
    }
  }
  return points;
}
