import { path, type Client } from '../api/client';
import type { RoutesDocument } from '../api/types';
import { STOPS } from './address';

/** Where the slider opens at most, as `explain --threshold auto` does. */
const HIGHEST = 0.04;
const ENOUGH = 0.5;

/**
 * The threshold that fits a state, found as `explain --threshold auto` finds it: the highest whose
 * route shows at least half of what the finest shows of the tokens between the first and the position.
 */
export async function fittingThreshold(
  client: Client,
  id: string,
  position: number,
  mode: 'raw' | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const sources = async (threshold: number) => {
    const of = path(`api/traces/${id}/routes`, { position, threshold, mode, max_edges: 1 });
    const document = await client.get<RoutesDocument>(of, signal ? { signal } : {});
    return new Map(document.routes[0]!.source_flow);
  };
  const all = await sources(STOPS[0]!);
  const enough = ENOUGH * common(all, all, position);
  for (const stop of STOPS.filter((s) => s <= HIGHEST).reverse()) {
    if (common(all, await sources(stop), position) >= enough) return stop;
  }
  return STOPS[0]!;
}

/** What the tokens between the first and a position have in both of two sources. */
export function common(all: Map<number, number>, shown: Map<number, number>, position: number): number {
  let sum = 0;
  for (const [p, flow] of all) {
    if (p > 0 && p < position) sum += Math.min(flow, shown.get(p) ?? 0);
  }
  return sum;
}
