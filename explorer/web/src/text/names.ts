import { parseEdge, parseNode, type Shape } from '../graph/ids';
import type { PlacedBand } from '../graph/layout';
import type { River } from '../graph/river';
import { percent, signed } from './numbers';
import { quoted } from './tokens';

/** What a state is after, in words: after attention 2; what both blocks wrote to is after the layer. */
export function afterWhat(layer: number, kind: 'A' | 'I', { between }: Shape): string {
  return kind === 'A' ? `after attention ${layer}` : between ? `after MLP ${layer}` : `after layer ${layer}`;
}

/** A state in words: after attention 2, position 14. */
export function stateName(id: string, shape: Shape): string {
  const { kind, layer, position } = parseNode(id);
  const what = kind === 'X' ? 'token' : kind === 'M' ? `MLP ${layer}` : afterWhat(layer, kind, shape);
  return `${what}, position ${position}`;
}

/** A state with its token: after attention 2, position 14 “ to”. */
export function stateWithToken(id: string, reads: readonly string[], shape: Shape): string {
  return `${stateName(id, shape)} ${quoted(reads[parseNode(id).position] ?? '')}`;
}

/** A connection in words: “ to” reads “ Mary” in layer 2. */
export function edgeName(sel: string, reads: readonly string[]): string {
  const { from, to } = parseEdge(sel)!;
  return `${quoted(reads[to.position] ?? '')} reads ${quoted(reads[from.position] ?? '')} in layer ${to.layer}`;
}

/** A band in words, with its amount. */
export function bandName(band: PlacedBand, reads: readonly string[], river: River): string {
  const amount = band.look === 'against' ? `${percent(band.amount)} against the answer` : percent(band.amount);
  if (band.kind === 'attention') return `${edgeName(band.sel, reads)}, ${amount}`;
  const { layer, position } = parseNode(band.to);
  if (band.kind === 'mlp') return `MLP of layer ${layer}, position ${position} ${quoted(reads[position] ?? '')}, ${amount}`;
  const part = river.style === 'contrast' ? '' : ' stays';
  return `Residual, position ${position} ${quoted(reads[position] ?? '')}, layer ${layer}, ${amount}${part}`;
}

/** What stands under a token: its share, or its net amount of a contrast. */
export function sourceLabel(value: number, style: River['style']): string {
  if (style === 'contrast') return Math.abs(value) >= 0.15 ? signed(value) : '';
  if (style === 'relevance') return Math.abs(value) >= 0.01 ? (100 * value).toFixed(1).replace('-', '−') : '';
  return value >= 0.01 ? (100 * value).toFixed(1) : '';
}

export function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
