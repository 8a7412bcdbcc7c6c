import type { Layout, PlacedBand } from './layout';

/** What a selection leads to: the bands below it down to tokens, and those above it up to the target. */
export interface Lit {
  bands: Set<PlacedBand>;
  nodes: Set<string>;
  /** The selected band, and the states that are marked. */
  chosen?: PlacedBand;
  ends: string[];
}

/** What stays bright when a state, an MLP or a connection is meant; nothing where it is not on the picture. */
export function litBy(layout: Layout, sel: string | undefined): Lit | undefined {
  if (!sel) return undefined;
  const lit: Lit = { bands: new Set(), nodes: new Set(), ends: [] };
  if (sel.includes('>') || sel.startsWith('M')) {
    const chosen = layout.bands.find((b) => b.sel === sel && b.kind !== 'residual');
    if (!chosen) return undefined;
    lit.chosen = chosen;
    lit.bands.add(chosen);
    if (sel.includes('>')) lit.ends = [chosen.from, chosen.to];
    walk(layout.into, chosen.from, 'from', lit);
    walk(layout.outOf, chosen.to, 'to', lit);
  } else {
    if (!layout.nodes.has(sel)) return undefined;
    lit.ends = [sel];
    walk(layout.into, sel, 'from', lit);
    walk(layout.outOf, sel, 'to', lit);
  }
  return lit;
}

function walk(next: Map<string, PlacedBand[]>, start: string, end: 'from' | 'to', lit: Lit): void {
  const open = [start];
  const seen = new Set(open);
  while (open.length > 0) {
    const id = open.pop()!;
    lit.nodes.add(id);
    for (const band of next.get(id) ?? []) {
      lit.bands.add(band);
      if (!seen.has(band[end])) {
        seen.add(band[end]);
        open.push(band[end]);
      }
    }
  }
}
