import { quadtree, type Quadtree } from 'd3-quadtree';
import { pointsOn, type Layout, type PlacedBand } from './layout';

/** How far from a band it can still be meant. */
const REACH = 6;

export type Hit = { node: string } | { band: PlacedBand };

interface Sample {
  x: number;
  y: number;
  radius: number;
  rank: number;
  hit: Hit;
}

const RANK = { attention: 1, mlp: 2, residual: 3 };

/** Finds what lies under a point. */
export class Hits {
  private readonly tree: Quadtree<Sample>;
  private readonly widest: number;

  constructor(layout: Layout) {
    const samples: Sample[] = [];
    for (const node of layout.nodes.values()) {
      if (!node.drawn) continue;
      const hit = { node: node.id };
      for (let dx = 0; dx <= node.width / 2; dx += 4) {
        samples.push({ x: node.x + dx, y: node.y, radius: 5, rank: 0, hit });
        samples.push({ x: node.x - dx, y: node.y, radius: 5, rank: 0, hit });
      }
    }
    for (const band of layout.bands) {
      const hit = { band };
      const rank = RANK[band.kind];
      const { square } = band;
      if (square) samples.push({ x: square.x, y: square.y, radius: square.size / 2 + 3, rank: 0, hit });
      const length = Math.abs(band.x2 - band.x1) + Math.abs(band.y2 - band.y1);
      const steps = Math.max(4, Math.min(40, Math.ceil(length / 12)));
      for (const [x, y] of pointsOn(band.curve, steps)) {
        samples.push({ x, y, radius: Math.max(band.width / 2, REACH), rank, hit });
      }
    }
    this.widest = samples.reduce((most, s) => Math.max(most, s.radius), REACH);
    this.tree = quadtree(
      samples,
      (s) => s.x,
      (s) => s.y,
    );
  }

  /** What is meant at a point, states before connections, connections before what is under them. */
  at(x: number, y: number): Hit | undefined {
    const reach = this.widest;
    let best: Sample | undefined;
    let least = Infinity;
    this.tree.visit((node, x0, y0, x1, y1) => {
      if (!('length' in node)) {
        for (let leaf: typeof node | undefined = node; leaf; leaf = leaf.next) {
          const s = leaf.data;
          const distance = Math.hypot(s.x - x, s.y - y);
          const worth = s.rank * 100 + distance / s.radius;
          if (distance <= s.radius && worth < least) {
            best = s;
            least = worth;
          }
        }
      }
      return x0 > x + reach || x1 < x - reach || y0 > y + reach || y1 < y - reach;
    });
    return best?.hit;
  }
}
