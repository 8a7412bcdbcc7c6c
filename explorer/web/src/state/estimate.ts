import type { ModelStatus } from '../api/types';
import type { Address } from './address';

/** What a run is likely to take. */
export interface Cost {
  tokens: number;
  seconds: number;
  bytes: number;
}

/** Floating point operations a second, of a laptop. */
const SPEED = 2e10;
/** Characters of a token, more or less. */
const CHARACTERS = 4;

/** What a run may cost, roughly: two operations a weight and token, attention, and a part of it again for contributions. */
export function estimate(model: Pick<ModelStatus, 'n_layers' | 'd_model'>, text: Pick<Address, 'p' | 'ids'>): Cost {
  const { n_layers: layers, d_model: width } = model;
  const tokens = text.ids?.length ?? Math.ceil(text.p.length / CHARACTERS);
  const weights = 12 * layers * width * width;
  const attention = layers * tokens * width * 4;
  return { tokens, seconds: (tokens * (2 * weights + attention)) / SPEED, bytes: layers * tokens * width * 16 };
}

/** More than a person wants to wait for unasked: 10 s, or 1 GB. */
export function isMuch({ seconds, bytes }: Cost): boolean {
  return seconds > 10 || bytes > 1e9;
}

/** An estimate that asks. */
export function words({ tokens, seconds, bytes }: Cost): string {
  return `About ${tokens.toLocaleString('en')} tokens: some ${Math.round(seconds)} s and ${(bytes / 1e9).toFixed(1)} GB. Run it?`;
}
