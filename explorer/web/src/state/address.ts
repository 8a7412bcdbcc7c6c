import type { ExpertName, Status } from '../api/types';

export type View = 'route' | 'lens' | 'heads' | 'compare' | 'prompts';
export const VIEWS: readonly View[] = ['route', 'lens', 'heads', 'compare', 'prompts'];

/** The stops of the threshold slider. */
export const STOPS: readonly number[] = [
  0.005, 0.006, 0.008, 0.01, 0.012, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1,
  0.12, 0.15, 0.2,
];

/** All that decides what is on the screen. What is undefined stands at its default. */
export interface Address {
  m: string;
  p: string;
  ids?: number[];
  t?: number;
  tau?: number;
  mode?: 'raw';
  sel?: string;
  h?: number;
  n?: number;
  /** The expert that is chosen, or whose neuron n is. */
  e?: ExpertName;
  a?: string;
  b?: string;
  by?: 'relevance';
  v: View;
  q?: string;
  qm?: string;
  qtau?: number;
  /** Which of two routes beside each other the selection is in, where it is not the first. */
  of?: 'second';
  c?: string;
  src?: string;
  /** What goes through the final norm before it is unembedded, where it is not states alone. */
  norm?: 'both' | 'neither';
  bias?: 'separate';
  backend?: string;
  /** Columns with next to nothing stay open; quiet layers stay as high as others. */
  fold?: 'off';
  rows?: 'even';
}

const NODE = /^[XAMI]\d+_\d+$/;
const EDGE = /^[XAMI]\d+_\d+>[AMI]\d+_\d+$/;

/** Reads a fragment. Nonsense falls back to the default and is dropped. */
export function parseAddress(fragment: string, status: Status): Address {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const model = status.models.find((m) => m.name === given.get('m')) ?? defaultModel(status);
  const ids = parseIds(given.get('ids'));
  const address: Address = {
    m: model.name,
    p: given.get('p') ?? (ids ? '' : (model.examples[0] ?? '')),
    v: VIEWS.find((v) => v === given.get('v')) ?? 'route',
  };
  if (ids && !given.get('p')) address.ids = ids;
  const t = whole(given.get('t'));
  if (t !== undefined) address.t = t;
  const tau = threshold(given.get('tau'), status);
  if (tau !== undefined) address.tau = tau;
  if (given.get('mode') === 'raw') address.mode = 'raw';
  const sel = given.get('sel') ?? '';
  if (NODE.test(sel) || EDGE.test(sel)) {
    address.sel = sel;
    const h = whole(given.get('h'));
    if (h !== undefined && h < model.n_heads) address.h = h;
    const n = whole(given.get('n'));
    if (n !== undefined) address.n = n;
    const e = given.get('e') === 'shared' ? 'shared' : whole(given.get('e'));
    if (e !== undefined) address.e = e;
    if (address.v === 'compare' && given.get('of') === 'second') address.of = 'second';
  }
  const a = given.get('a');
  const b = given.get('b');
  if (a && a !== b && isLikelyToken(a)) {
    address.a = a;
    if (b && isLikelyToken(b)) address.b = b;
    if (given.get('by') === 'relevance') address.by = 'relevance';
  }
  const q = given.get('q');
  if (q) address.q = q;
  const qm = given.get('qm');
  if (qm && status.models.some((m) => m.name === qm)) address.qm = qm;
  const qtau = threshold(given.get('qtau'), status);
  if (qtau !== undefined) address.qtau = qtau;
  const c = given.get('c');
  if (c) address.c = c;
  const src = given.get('src');
  if (src) address.src = src;
  const norm = given.get('norm');
  if (norm === 'both' || norm === 'neither') address.norm = norm;
  if (given.get('bias') === 'separate') address.bias = 'separate';
  const backend = given.get('backend');
  if (backend && status.backends.indexOf(backend) > 0) address.backend = backend;
  if (given.get('fold') === 'off') address.fold = 'off';
  if (given.get('rows') === 'even') address.rows = 'even';
  return address;
}

/** Writes a fragment: model and text always, defaults never. */
export function formatAddress(address: Address): string {
  const out = new URLSearchParams();
  out.set('m', address.m);
  if (address.ids) out.set('ids', address.ids.join(','));
  else out.set('p', address.p);
  for (const key of ['t', 'tau', 'mode', 'sel', 'of', 'h', 'n', 'e', 'a', 'b', 'by'] as const) {
    if (address[key] !== undefined) out.set(key, String(address[key]));
  }
  if (address.v !== 'route') out.set('v', address.v);
  for (const key of ['q', 'qm', 'qtau', 'c', 'src', 'norm', 'bias', 'backend', 'fold', 'rows'] as const) {
    if (address[key] !== undefined) out.set(key, String(address[key]));
  }
  return `#${out}`;
}

const ENTRIES: readonly (keyof Address)[] = ['m', 'p', 'ids', 't', 'sel', 'of', 'v', 'a', 'b'];

/** Whether going from one address to another makes a new entry of the history. */
export function isNewEntry(from: Address, to: Address): boolean {
  return ENTRIES.some((key) => String(from[key]) !== String(to[key]));
}

/** An address with changes; what belongs to what was left goes with it. */
export function changed(address: Address, change: Partial<Address>): Address {
  const next: Address = { ...address, ...change };
  const has = (key: keyof Address) => key in change;
  const textChanged = has('p') || has('ids') || has('m');
  const drop = (...keys: (keyof Address)[]) => keys.filter((k) => !has(k)).forEach((k) => delete next[k]);
  if (has('p') && !has('ids')) delete next.ids;
  if (textChanged) drop('t', 'sel', 'h', 'n', 'e', 'a', 'b', 'by', 'c', 'src');
  if (has('t') && change.t !== address.t) drop('a', 'b', 'by');
  if (has('sel') && change.sel !== address.sel) drop('h', 'n', 'e');
  if ('a' in change && change.a === undefined) drop('b', 'by');
  if (next.of && (next.v !== 'compare' || textChanged || has('q') || has('qm') || has('t'))) drop('of', 'sel', 'h', 'n', 'e');
  if (!next.sel) drop('of');
  for (const key of Object.keys(next) as (keyof Address)[]) if (next[key] === undefined) delete next[key];
  return next;
}

function defaultModel(status: Status): Status['models'][number] {
  return status.models.find((m) => m.name === status.default_model) ?? status.models[0]!;
}

/** No token goes on after a blank inside it: such a text is not worth a question. */
function isLikelyToken(text: string): boolean {
  return !/\S\s+\S/.test(text);
}

/** Whether a second route is asked for, to be held against the first. */
export function hasSecond(address: Address): boolean {
  return address.v === 'compare' && (address.q !== undefined || address.qm !== undefined || address.qtau !== undefined);
}

const SHARED = ['mode', 'norm', 'bias', 'backend', 'fold', 'rows'] as const;

/** What the second route is of; the selection is there where it is in the second. */
export function secondOf(address: Address, threshold: number): Address {
  const { q, qm, qtau } = address;
  const second: Address = { m: qm ?? address.m, p: q ?? address.p, v: address.v, tau: qtau ?? threshold };
  const take = (...keys: (keyof Address)[]) => {
    for (const key of keys) if (address[key] !== undefined) Object.assign(second, { [key]: address[key] });
  };
  take(...SHARED);
  if (q === undefined) take('ids', 't');
  if (address.of) take('sel', 'h', 'n', 'e');
  return second;
}

function whole(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function threshold(text: string | null, status: Status): number | undefined {
  if (text === null || !/^\d*\.?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= status.limits.finest_threshold && value < 1 ? value : undefined;
}

function parseIds(text: string | null): number[] | undefined {
  if (text === null || !/^\d{1,9}(,\d{1,9})*$/.test(text)) return undefined;
  return text.split(',').map(Number);
}
