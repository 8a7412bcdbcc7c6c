import type { HeadRow } from '../api/types';

/** Heads by what they brought; of equal ones the first. */
export function strongestFirst(heads: readonly HeadRow[]): HeadRow[] {
  return [...heads].sort((a, b) => b.contribution - a.contribution || a.head - b.head);
}
