import { readEvents } from './events';
import type { Trace } from './types';

/** What the server refused, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The server did not answer at all. */
export class ServerGone extends Error {
  constructor() {
    super('The server does not answer. Is limpid serve still running?');
  }
}

export interface Progress {
  phase: string;
  done: number;
  total: number;
}

export interface Watch {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  onWait?: (seconds: number) => void;
  onEvent?: (event: string, data: unknown) => void;
}

/** How many answers are kept; documents of a trace never change. */
const KEPT = 300;
/** How often a busy server is asked again. */
const PATIENCE = 3;

/** Talks to the server; remembers what it said of a trace, and how each trace was made. */
export class Client {
  private readonly answers = new Map<string, unknown>();
  private readonly asked = new Map<string, Promise<unknown>>();
  private readonly made = new Map<string, unknown>();

  /** What a path answered before, if it did. */
  peek<T>(path: string): T | undefined {
    return this.answers.get(path) as T | undefined;
  }

  /** Asks for a document; the same one is asked for once. */
  get<T>(path: string, watch: Watch = {}): Promise<T> {
    const known = this.answers.get(path);
    if (known !== undefined) return Promise.resolve(known as T);
    const running = this.asked.get(path);
    // A question that somebody may take back is not shared.
    if (running && !watch.signal) return running as Promise<T>;
    const answer = this.ask<T>(path, {}, watch).then((value) => {
      this.keep(path, value);
      return value;
    });
    if (!watch.signal) {
      this.asked.set(path, answer);
      const forget = () => this.asked.delete(path);
      answer.then(forget, forget);
    }
    return answer;
  }

  /** Asks for a document that takes a while, and hears how far it is. */
  async watched<T>(path: string, watch: Watch): Promise<T> {
    const known = this.peek<T>(path);
    if (known !== undefined) return known;
    const value = await this.compute<T>(path, undefined, watch);
    this.keep(path, value);
    return value;
  }

  /** Computes on the server and says how far it is. */
  compute<T>(path: string, body: unknown, watch: Watch = {}): Promise<T> {
    const init: RequestInit =
      body === undefined
        ? { headers: { Accept: 'text/event-stream' } }
        : {
            method: 'POST',
            headers: { Accept: 'text/event-stream', 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          };
    return this.ask<T>(path, init, watch);
  }

  /** Runs a text; the trace can be made again from its body when the server has lost it. */
  async trace(body: unknown, watch: Watch = {}): Promise<Trace> {
    const key = keyOf(body);
    const known = this.peek<Trace>(key);
    if (known) return known;
    const trace = await this.compute<Trace>('api/traces', body, watch);
    this.made.set(trace.id, body);
    this.keep(key, trace);
    return trace;
  }

  /** Whether the trace of a body is there already. */
  knows(body: unknown): boolean {
    return this.answers.has(keyOf(body));
  }

  private keep(path: string, value: unknown): void {
    this.answers.delete(path);
    this.answers.set(path, value);
    if (this.answers.size > KEPT) this.answers.delete(this.answers.keys().next().value!);
  }

  private async ask<T>(path: string, init: RequestInit, watch: Watch): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const response = await this.send(path, { ...init, signal: watch.signal ?? null });
      if (response.ok) return this.read<T>(response, watch);
      const refusal = await refused(response);
      if (refusal.status === 429 && attempt < PATIENCE) {
        const seconds = Number(response.headers.get('Retry-After') ?? '1') || 1;
        watch.onWait?.(seconds);
        await pause(seconds * 1000, watch.signal);
      } else if (refusal.code === 'unknown_trace' && attempt === 0 && this.remembered(path)) {
        await this.compute('api/traces', this.remembered(path), watch);
      } else {
        throw refusal;
      }
    }
  }

  private remembered(path: string): unknown {
    const id = /^api\/traces\/([0-9a-f]{16})\b/.exec(path)?.[1];
    return id && this.made.get(id);
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(path, init);
    } catch (e) {
      if (e instanceof DOMException && e.name === 'AbortError') throw e;
      throw new ServerGone();
    }
  }

  private async read<T>(response: Response, watch: Watch): Promise<T> {
    if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      return (await response.json()) as T;
    }
    try {
      for await (const { event, data } of readEvents(response.body!)) {
        const value: unknown = JSON.parse(data);
        if (event === 'result') return value as T;
        if (event === 'failed') throw ofDocument(500, value);
        if (event === 'progress') watch.onProgress?.(value as Progress);
        else watch.onEvent?.(event, value);
      }
    } catch (e) {
      if (e instanceof Refusal || (e instanceof DOMException && e.name === 'AbortError')) throw e;
      throw new ServerGone();
    }
    throw new ServerGone();
  }
}

function keyOf(body: unknown): string {
  return `trace ${JSON.stringify(body)}`;
}

async function refused(response: Response): Promise<Refusal> {
  try {
    return ofDocument(response.status, await response.json());
  } catch {
    return new Refusal(response.status, 'failed', `The server answered with status ${response.status}.`);
  }
}

function ofDocument(status: number, document: unknown): Refusal {
  const error = (document as { error?: { code?: string; message?: string } }).error;
  return new Refusal(status, error?.code ?? 'failed', error?.message ?? 'The server failed and did not say why.');
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('Cancelled', 'AbortError'));
    });
  });
}

/** A path with parameters; those that are undefined are left out. */
export function path(of: string, parameters: Record<string, string | number | undefined> = {}): string {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(value!)}`)
    .join('&');
  return query ? `${of}?${query}` : of;
}
