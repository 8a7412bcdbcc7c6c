import { Client, path, Refusal, ServerGone, type Progress, type Watch } from '../api/client';
import type { ContrastDocument, ModelFacts, RoutesDocument, Status, Trace } from '../api/types';
import { readings } from '../text/tokens';
import { changed, formatAddress, hasSecond, isNewEntry, parseAddress, secondOf, type Address } from './address';
import { Ahead } from './ahead';
import { formatChanges, isPossible, parseChanges } from './changes';
import { estimate, isMuch, words } from './estimate';
import { fittingThreshold } from './fitting';
import { noToken, tokenOf } from './tokens';

/** What is on the screen, whole: an address and all that it asked for. */
export interface Shown {
  address: Address;
  trace: Trace;
  reads: string[];
  position: number;
  threshold: number;
  route: RoutesDocument;
  contrast?: ContrastDocument;
  relevance?: RoutesDocument;
  /** In a comparison: what the first is held against. */
  second?: Shown;
}

export interface Working {
  words: string;
  done?: number;
  total?: number;
  /** What is shown stays as it is: only a detail is on its way. */
  aside?: boolean;
}

export interface Alert {
  message: string;
  retry?: () => void;
}

/** What is remembered; all else is in the address. */
export interface Settings {
  theme: 'system' | 'light' | 'dark';
}

export interface State {
  settings: Settings;
  /** The theme that the settings and the system make. */
  theme: 'light' | 'dark';
  status?: Status;
  shown?: Shown;
  working?: Working;
  alert?: Alert;
  note?: string;
  /** What is typed but not run yet. */
  draft?: string;
  /** An estimate that waits for a yes. */
  question?: { message: string; go: () => void; leave: () => void };
}

/** Longer than this, and work is said to be going on. */
const QUIET = 150;
/** How long a word in the status line stays. */
const NOTE = 4000;

/** The page's state and all that changes it. */
export class Explorer {
  readonly client = new Client();
  readonly ahead = new Ahead(this);
  state: State = { settings: { theme: 'system' }, theme: 'light' };
  private readonly listeners = new Set<() => void>();
  private running?: AbortController;

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener());
  }

  /** Asks the server what it has, then shows what the address says. */
  async start(): Promise<void> {
    try {
      const status = await this.client.get<Status>('api/status');
      this.set({ status, alert: undefined });
    } catch (e) {
      this.set({ alert: { message: (e as Error).message, retry: () => void this.start() } });
      return;
    }
    addEventListener('popstate', () => this.goTo(this.parse(), false));
    await this.goTo(this.parse(), false);
    const { alert, shown } = this.state;
    if (!shown && alert && !alert.retry) {
      // Nobody can answer this address: the page says so, and opens as if for the first time.
      await this.goTo(this.first(), false);
      this.set({ alert });
    }
  }

  private first(): Address {
    return parseAddress('', this.state.status!);
  }

  private parse(): Address {
    return parseAddress(location.hash, this.state.status!);
  }

  /** Changes a part of the address and shows what it says then. */
  go(change: Partial<Address>): void {
    const from = this.state.shown?.address ?? this.parse();
    void this.goTo(changed(from, change), true);
  }

  cancel(): void {
    if (!this.running) return;
    this.running.abort();
    this.running = undefined;
    this.set({ working: undefined, question: undefined });
    this.say('Cancelled.');
  }

  say(note: string): void {
    this.set({ note });
    setTimeout(() => {
      if (this.state.note === note) this.set({ note: undefined });
    }, NOTE);
  }

  fail(error: unknown, retry?: () => void): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    const again = error instanceof ServerGone || (error instanceof Refusal && error.status === 429) ? retry : undefined;
    this.set({ alert: { message: (error as Error).message, ...(again && { retry: again }) } });
  }

  /** Goes to an address; what may take long, or much memory, the person is asked about first. */
  private async goTo(address: Address, push: boolean, sure = false): Promise<void> {
    this.running?.abort();
    const expected = sure ? undefined : this.expected(address);
    if (expected) {
      this.running = undefined;
      this.ask(expected, () => void this.goTo(address, push, true));
      return;
    }
    if (this.state.question) this.set({ question: undefined });
    const control = new AbortController();
    this.running = control;
    const late = setTimeout(() => {
      if (this.running === control && !this.state.working) this.set({ working: { words: 'Asking' } });
    }, QUIET);
    try {
      const shown = await this.load(address, control.signal);
      if (this.running !== control) return;
      this.commit(shown, push);
    } catch (e) {
      if (this.running === control) {
        this.fail(e, () => void this.goTo(address, push, true));
        this.keepAddress();
      }
    } finally {
      clearTimeout(late);
      if (this.running === control) {
        this.running = undefined;
        this.set({ working: undefined });
      }
    }
  }

  private ask(message: string, go: () => void): void {
    const leave = () => {
      this.set({ question: undefined });
      if (this.state.shown) this.keepAddress();
      else void this.goTo(this.first(), false);
    };
    this.set({ working: undefined, question: { message, go, leave } });
  }

  /** The old result stays, and so does its address, whichever way the new one was asked for. */
  private keepAddress(): void {
    const { shown } = this.state;
    if (shown && location.hash !== formatAddress(shown.address)) history.replaceState(null, '', formatAddress(shown.address));
  }

  /** What a run of an address is likely to cost, in words, where that is much and not known already. */
  private expected(address: Address): string | undefined {
    const both = hasSecond(address) ? [address, secondOf(address, 0)] : [address];
    for (const one of both) {
      const model = this.state.status?.models.find((m) => m.name === one.m);
      if (!model || this.client.knows(bodyOf(one))) continue;
      const cost = estimate(model, one);
      if (isMuch(cost)) return words(cost);
    }
    return undefined;
  }

  private commit(shown: Shown, push: boolean): void {
    const before = this.state.shown?.address;
    const fragment = formatAddress(shown.address);
    const isNew = push && before !== undefined && isNewEntry(before, shown.address);
    if (isNew) history.pushState(null, '', fragment);
    else if (location.hash !== fragment) history.replaceState(null, '', fragment);
    const draft = before?.p === shown.address.p && before?.m === shown.address.m ? this.state.draft : undefined;
    this.set({ shown, alert: undefined, draft });
    this.ahead.after(shown);
  }

  /** Work of a detail or a view, said and cancelled like any other. */
  async work<T>(words: string, job: (signal: AbortSignal, onProgress: (p: Progress) => void) => Promise<T>): Promise<T | undefined> {
    this.running?.abort();
    const control = new AbortController();
    this.running = control;
    const late = setTimeout(() => {
      if (this.running === control && !this.state.working) this.set({ working: { words, aside: true } });
    }, QUIET);
    try {
      return await job(control.signal, (p) => this.progress(control, p));
    } catch (e) {
      if (this.running === control) this.fail(e, () => void this.work(words, job));
      return undefined;
    } finally {
      clearTimeout(late);
      if (this.running === control) {
        this.running = undefined;
        this.set({ working: undefined });
      }
    }
  }

  private progress(control: AbortController, p: Progress): void {
    if (this.running !== control) return;
    const { working } = this.state;
    this.set({ working: { ...working, words: PHASES[p.phase] ?? p.phase, done: p.done, total: p.total } });
  }

  /** The trace of what an address asks for, watched like the main one. */
  trace(of: Run, signal?: AbortSignal): Promise<Trace> {
    return this.client.trace(bodyOf(of), this.watch(signal));
  }

  private watch(signal?: AbortSignal): Watch {
    const control = this.running;
    return {
      ...(signal && { signal }),
      onProgress: (p) => control && this.progress(control, p),
      onWait: (seconds) => this.set({ working: { ...this.state.working, words: `The server is busy; asking again in ${seconds} s` } }),
    };
  }

  private async load(wanted: Address, signal: AbortSignal): Promise<Shown> {
    const shown = await this.loadOne(wanted, signal);
    if (hasSecond(wanted)) shown.second = await this.loadOne(secondOf(wanted, shown.threshold), signal);
    const { address } = shown;
    const there = address.of ? shown.second?.address.sel !== undefined : isThere(shown, address.sel);
    if (!there) for (const key of ['sel', 'of', 'h', 'n'] as const) delete address[key];
    return shown;
  }

  private async loadOne(wanted: Address, signal: AbortSignal): Promise<Shown> {
    const address = { ...wanted };
    await this.checkIds(address, signal);
    const trace = await this.trace(address, signal);
    const last = trace.tokens.length - 1;
    if (address.t !== undefined && address.t >= last) delete address.t;
    const position = address.t ?? last;
    const mode = address.mode;
    const threshold = address.tau ?? (await fittingThreshold(this.client, trace.id, position, mode, signal));
    const I = `api/traces/${trace.id}`;
    const route = await this.client.get<RoutesDocument>(routePath(trace.id, position, threshold, mode), { signal });
    const shown: Shown = { address, trace, reads: readings(trace.tokens), position, threshold, route };
    await this.dropImpossible(shown, signal);
    if (address.a) {
      try {
        const tokens = { answer: address.a, distractor: address.b, position };
        if (address.by === 'relevance') {
          shown.relevance = await this.client.watched(path(`${I}/routes`, { by: 'relevance', ...tokens, threshold }), this.watch(signal));
        } else {
          const max_edges = trace.tokens.length > 24 ? 400 : 120;
          shown.contrast = await this.client.watched(path(`${I}/contrast`, { ...tokens, max_edges }), this.watch(signal));
        }
      } catch (e) {
        if (!(e instanceof Refusal && e.status === 400) || this.isChosen(address)) throw e;
        dropContrast(address);
      }
    }
    if (hasSecond(address)) return shown; // the selection may be in the other one
    if (!isThere(shown, address.sel)) for (const key of ['sel', 'h', 'n'] as const) delete address[key];
    return shown;
  }

  private facts(model: string, signal: AbortSignal): Promise<ModelFacts> {
    return this.client.get<ModelFacts>(`api/models/${encodeURIComponent(model)}`, { signal });
  }

  /** Ids that no vocabulary of the model has are not asked about. */
  private async checkIds({ m, ids }: Address, signal: AbortSignal): Promise<void> {
    if (!ids) return;
    const { d_vocab } = await this.facts(m, signal);
    const strange = ids.find((id) => id >= d_vocab);
    if (strange !== undefined) throw new Error(`There is no token #${strange}: ${m} has ${d_vocab.toLocaleString('en')} tokens, from #0 on.`);
  }

  /** Drops what an address says of parts and tokens that are not there, before anybody is asked about them. */
  private async dropImpossible(shown: Shown, signal: AbortSignal): Promise<void> {
    const { address, trace } = shown;
    if (address.a !== undefined) await this.checkTokens(shown, signal);
    if (!address.c) return;
    const { d_mlp, experts } = await this.facts(address.m, signal);
    const { n_layers: layers, n_heads: heads } = trace.model;
    const extent = { layers, heads, neurons: d_mlp, experts, tokens: trace.tokens.length };
    const possible = formatChanges(parseChanges(address.c).filter((c) => isPossible(c, extent, address.src)));
    if (possible) address.c = possible;
    else delete address.c;
  }

  /** Tokens that an address made up are dropped; those that a person chose are complained about. */
  private async checkTokens({ address, trace, position }: Shown, signal: AbortSignal): Promise<void> {
    const near = trace.predictions[position]!.top;
    const known = async (given: string) => {
      const id = await tokenOf(this.client, address.m, given, near, signal);
      if (id === undefined && this.isChosen(address)) throw new Error(await noToken(this.client, address.m, given, signal));
      if (id === undefined || near.some((t) => t.id === id)) return id;
      return id < (await this.facts(address.m, signal)).d_vocab ? id : undefined;
    };
    const answer = await known(address.a!);
    if (answer === undefined) return dropContrast(address);
    if (address.b === undefined) return;
    const distractor = await known(address.b);
    if (distractor === undefined || distractor === answer) delete address.b;
  }

  /** Whether an address comes from what a person did with the text that is shown. */
  private isChosen(address: Address): boolean {
    return this.state.shown?.address.p === address.p;
  }
}

/** What a trace is of. */
export type Run = Pick<Address, 'm' | 'p' | 'ids' | 'backend' | 'bias'>;

function bodyOf({ m, p, ids, backend, bias }: Run): unknown {
  return { model: m, ...(ids ? { tokens: ids } : { text: p }), ...(backend && { backend }), ...(bias && { bias }) };
}

function dropContrast(address: Address): void {
  delete address.a;
  delete address.b;
  delete address.by;
}

/** What the selection and the details are of: in a comparison, maybe of the second. */
export function selectedOf(shown: Shown): Shown {
  return (shown.address.of && shown.second) || shown;
}

export function routePath(id: string, position: number, threshold: number, mode?: 'raw'): string {
  return path(`api/traces/${id}/routes`, { position, threshold, mode, max_edges: 4000 });
}

/** How states are read, as the lens takes it. */
export function lensNorm(address: Address): 'raw' | undefined {
  return address.norm === 'neither' ? 'raw' : undefined;
}

/** How updates are read. */
export function updateNorm(address: Address): 'own' | undefined {
  return address.norm === 'both' ? 'own' : undefined;
}

const PHASES: Record<string, string> = {
  load: 'Reading the model',
  forward: 'Running the model, layer',
  contributions: 'Finding what contributed, layer',
  predictions: 'Reading predictions',
  gradients: 'Following the answer back, layer',
  reruns: 'Running the model with changes,',
  prompts: 'Running sentence',
};

/** Whether a selection is on the picture. In the lens every state of the model is. */
function isThere(shown: Shown, sel: string | undefined): boolean {
  if (!sel) return true;
  const layers = shown.trace.model.n_layers;
  const real = (id: string) => {
    const node = /^([XAMI])(\d+)_(\d+)$/.exec(id);
    return !!node && (node[1] === 'X' ? node[2] === '0' : Number(node[2]) < layers) && Number(node[3]) <= shown.position;
  };
  if (!sel.includes('>')) {
    if (!real(sel) || shown.address.v === 'lens') return real(sel);
    const nodes = shown.contrast?.nodes ?? (shown.relevance ?? shown.route).routes[0]!.nodes;
    return nodes.some((n) => n.id === sel) || (sel.startsWith('M') && shown.contrast !== undefined);
  }
  const [from, to] = sel.split('>') as [string, string];
  if (!real(from) || !real(to)) return false;
  const edges: { from: string; to: string; kind: string }[] =
    shown.contrast?.edges ?? (shown.relevance ?? shown.route).routes[0]!.edges;
  return edges.some((e) => e.from === from && e.to === to && e.kind === 'attention');
}
