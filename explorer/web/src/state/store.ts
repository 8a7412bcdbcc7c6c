import { Client, path, Refusal, ServerGone, type Progress } from '../api/client';
import type { ContrastDocument, RoutesDocument, Status, Trace } from '../api/types';
import { readings } from '../text/tokens';
import { changed, formatAddress, isNewEntry, parseAddress, type Address } from './address';
import { fittingThreshold } from './fitting';

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
  question?: { message: string; go: () => void };
}

/** Longer than this, and work is said to be going on. */
const QUIET = 150;
/** How long a word in the status line stays. */
const NOTE = 4000;

/** The page's state and all that changes it. */
export class Explorer {
  readonly client = new Client();
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
      await this.goTo(parseAddress('', this.state.status!), false);
      this.set({ alert });
    }
  }

  private parse(): Address {
    return parseAddress(location.hash, this.state.status!);
  }

  /** Changes a part of the address and shows what it says then. */
  go(change: Partial<Address>): void {
    const from = this.state.shown?.address ?? this.parse();
    this.goTo(changed(from, change), true);
  }

  /** Runs a text that may ask for much: above some size the person is asked first. */
  run(change: Partial<Address>): void {
    const { status, shown } = this.state;
    const name = change.m ?? shown?.address.m;
    const model = status?.models.find((m) => m.name === name);
    const text = change.p ?? shown?.address.p ?? '';
    const estimate = model && expected(model.n_layers, model.d_model, text.length);
    if (estimate && (estimate.seconds > 10 || estimate.bytes > 1e9)) {
      const message = `About ${Math.ceil(text.length / 4)} tokens: some ${Math.round(estimate.seconds)} s and ${(estimate.bytes / 1e9).toFixed(1)} GB. Run it?`;
      this.set({
        question: {
          message,
          go: () => {
            this.set({ question: undefined });
            this.go(change);
          },
        },
      });
    } else {
      this.go(change);
    }
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

  private async goTo(address: Address, push: boolean): Promise<void> {
    this.running?.abort();
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
        this.fail(e, () => void this.goTo(address, push));
      }
    } finally {
      clearTimeout(late);
      if (this.running === control) {
        this.running = undefined;
        this.set({ working: undefined });
      }
    }
  }

  private commit(shown: Shown, push: boolean): void {
    const before = this.state.shown?.address;
    const fragment = formatAddress(shown.address);
    const isNew = push && before !== undefined && isNewEntry(before, shown.address);
    if (isNew) history.pushState(null, '', fragment);
    else if (location.hash !== fragment) history.replaceState(null, '', fragment);
    const draft = before?.p === shown.address.p && before?.m === shown.address.m ? this.state.draft : undefined;
    this.set({ shown, alert: undefined, draft });
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

  /** A trace of any text, watched like the main one. */
  trace(m: string, text: { p?: string; ids?: number[] }, how: Pick<Address, 'backend' | 'bias'>, signal?: AbortSignal): Promise<Trace> {
    const control = this.running;
    const body = { model: m, ...(text.ids ? { tokens: text.ids } : { text: text.p ?? '' }) };
    const { backend, bias } = how;
    Object.assign(body, backend && { backend }, bias && { bias });
    return this.client.trace(body, {
      ...(signal && { signal }),
      onProgress: (p) => control && this.progress(control, p),
      onWait: (seconds) => this.set({ working: { ...this.state.working, words: `The server is busy; asking again in ${seconds} s` } }),
    });
  }

  private async load(wanted: Address, signal: AbortSignal): Promise<Shown> {
    const address = { ...wanted };
    const trace = await this.trace(address.m, address, address, signal);
    const last = trace.tokens.length - 1;
    if (address.t !== undefined && address.t >= last) delete address.t;
    const position = address.t ?? last;
    const mode = address.mode;
    const threshold = address.tau ?? (await fittingThreshold(this.client, trace.id, position, mode, signal));
    const I = `api/traces/${trace.id}`;
    const get = <T>(p: string) => this.client.get<T>(p, { signal });
    const route = await get<RoutesDocument>(routePath(trace.id, position, threshold, mode));
    const shown: Shown = { address, trace, reads: readings(trace.tokens), position, threshold, route };
    if (address.a) {
      try {
        const tokens = { answer: address.a, distractor: address.b, position };
        if (address.by === 'relevance') {
          shown.relevance = await get(path(`${I}/routes`, { by: 'relevance', ...tokens, threshold }));
        } else {
          shown.contrast = await get(path(`${I}/contrast`, { ...tokens, max_edges: trace.tokens.length > 24 ? 400 : 120 }));
        }
      } catch (e) {
        // Tokens that an address made up are dropped; those that a person chose are complained about.
        if (!(e instanceof Refusal && e.status === 400) || this.state.shown?.address.p === address.p) throw e;
        delete address.a;
        delete address.b;
        delete address.by;
      }
    }
    if (address.sel && !isThere(shown, address.sel)) {
      delete address.sel;
      delete address.h;
      delete address.n;
    }
    return shown;
  }
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
};

/** Whether a selection is on the picture. In the lens every state of the model is. */
function isThere(shown: Shown, sel: string): boolean {
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

/** What a run may cost, roughly: some 4 characters a token, two floating point operations a weight and token. */
function expected(layers: number, width: number, characters: number): { seconds: number; bytes: number } {
  const tokens = characters / 4;
  const weights = 12 * layers * width * width;
  const attention = layers * tokens * width * 4;
  return { seconds: (tokens * (2 * weights + attention) * 3) / 2e10, bytes: layers * tokens * width * 4 * 4 };
}
