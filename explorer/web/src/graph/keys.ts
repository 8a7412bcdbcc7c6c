import type { Layout } from './layout';

/** What has the keyboard's focus inside the picture: a state, and maybe one of the bands into it. */
export interface Focus {
  node: string;
  /** Index among the bands into the node, strongest first. */
  band?: number;
}

/** Where a key takes the focus; undefined where it means nothing here. */
export function moved(layout: Layout, target: string, focus: Focus, key: string): Focus | undefined {
  const node = layout.nodes.get(focus.node);
  if (!node) return { node: target };
  switch (key) {
    case 'ArrowUp':
      return nearest(layout, focus, (dx, dy) => (dy < -0.5 ? -dy + 3 * Math.abs(dx) : undefined));
    case 'ArrowDown':
      return nearest(layout, focus, (dx, dy) => (dy > 0.5 ? dy + 3 * Math.abs(dx) : undefined));
    case 'ArrowLeft':
      return nearest(layout, focus, (dx, dy) => (dx < -0.5 ? -dx + 3 * Math.abs(dy) : undefined));
    case 'ArrowRight':
      return nearest(layout, focus, (dx, dy) => (dx > 0.5 ? dx + 3 * Math.abs(dy) : undefined));
    case '[':
    case ']': {
      const bands = layout.into.get(focus.node) ?? [];
      if (bands.length === 0) return focus;
      const step = key === ']' ? 1 : -1;
      const from = focus.band ?? (step > 0 ? -1 : bands.length);
      return { node: focus.node, band: (from + step + bands.length) % bands.length };
    }
    case 'Home':
      return { node: target };
    case 'End':
      return widestToken(layout) ?? focus;
    default:
      return undefined;
  }
}

function nearest(layout: Layout, focus: Focus, cost: (dx: number, dy: number) => number | undefined): Focus {
  const from = layout.nodes.get(focus.node)!;
  let best = focus.node;
  let least = Infinity;
  for (const node of layout.nodes.values()) {
    const c = cost(node.x - from.x, node.y - from.y);
    if (c !== undefined && c < least) {
      least = c;
      best = node.id;
    }
  }
  return { node: best };
}

function widestToken(layout: Layout): Focus | undefined {
  let best: Focus | undefined;
  let most = -1;
  for (const node of layout.nodes.values()) {
    if (node.kind === 'X' && node.share > most) {
      most = node.share;
      best = { node: node.id };
    }
  }
  return best;
}
