import { afterEach, describe, expect, it, vi } from 'vitest';
import { Client, path, Refusal, ServerGone } from '../src/api/client';

/** A server of answers, in their order; keeps what it was asked. */
function serve(...answers: (Response | Error)[]): { url: string; body?: unknown }[] {
  const asked: { url: string; body?: unknown }[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, ...(init.body !== undefined && { body: JSON.parse(init.body as string) }) });
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return asked;
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json', ...headers } });
const refusal = (status: number, code: string) =>
  json({ error: { code, message: `It is ${code}, as the test wants.` } }, status, { 'Retry-After': '0.001' });
const events = (text: string) => new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });

const ID = '5f0c2a9be41d7730';
const TRACE = { id: ID, tokens: [], predictions: [] };

afterEach(() => vi.unstubAllGlobals());

describe('the client', () => {
  it('asks for a document once, at the same time and later', async () => {
    const asked = serve(json({ a: 1 }));
    const client = new Client();
    expect(await Promise.all([client.get('x'), client.get('x')])).toEqual([{ a: 1 }, { a: 1 }]);
    expect(await client.get('x')).toEqual({ a: 1 });
    expect(asked).toHaveLength(1);
  });

  it('waits for a busy server three times, then says so', async () => {
    const asked = serve(refusal(429, 'busy'), refusal(429, 'busy'), refusal(429, 'busy'), refusal(429, 'busy'));
    const waits: number[] = [];
    const failure = await new Client().get('x', { onWait: (s) => waits.push(s) }).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(Refusal);
    expect((failure as Refusal).status).toBe(429);
    expect(asked).toHaveLength(4);
    expect(waits).toHaveLength(3);
  });

  it('goes on once the server has time', async () => {
    serve(refusal(429, 'busy'), json(7));
    expect(await new Client().get('x')).toBe(7);
  });

  it('makes a trace again that the server has lost, and repeats the question', async () => {
    const asked = serve(json(TRACE), refusal(404, 'unknown_trace'), json(TRACE), json({ layer: 2 }));
    const client = new Client();
    await client.trace({ model: 'm', text: 't' });
    expect(await client.get(`api/traces/${ID}/heads?layer=2`)).toEqual({ layer: 2 });
    expect(asked.map((a) => a.url)).toEqual([
      'api/traces',
      `api/traces/${ID}/heads?layer=2`,
      'api/traces',
      `api/traces/${ID}/heads?layer=2`,
    ]);
    expect(asked[2]!.body).toEqual({ model: 'm', text: 't' });
  });

  it('tells progress and returns the result of a stream', async () => {
    serve(
      events(
        'event: queued\ndata: {"position":0}\n\nevent: progress\ndata: {"phase":"forward","done":3,"total":30}\n\nevent: result\ndata: {"b":2}\n\n',
      ),
    );
    const progress: unknown[] = [];
    expect(await new Client().compute('x', {}, { onProgress: (p) => progress.push(p) })).toEqual({ b: 2 });
    expect(progress).toEqual([{ phase: 'forward', done: 3, total: 30 }]);
  });

  it('fails in the words of a stream that failed', async () => {
    serve(events('event: queued\ndata: {"position":0}\n\nevent: failed\ndata: {"error":{"code":"failed","message":"The model is gone."}}\n\n'));
    await expect(new Client().compute('x', {})).rejects.toThrow('The model is gone.');
  });

  it('says that the server is gone where it does not answer, or stops in the middle', async () => {
    serve(new TypeError('no'));
    await expect(new Client().get('x')).rejects.toBeInstanceOf(ServerGone);
    serve(events('event: queued\ndata: {"position":0}\n\n'));
    await expect(new Client().compute('x', {})).rejects.toBeInstanceOf(ServerGone);
  });

  it('keeps no refusal: the next question goes out again', async () => {
    const asked = serve(refusal(400, 'bad_parameter'), json(1));
    const client = new Client();
    await expect(client.get('x')).rejects.toThrow('bad_parameter');
    expect(await client.get('x')).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it('writes parameters that are there, escaped', () => {
    expect(path('p', { a: ' Mary', b: undefined, c: '#1' })).toBe('p?a=%20Mary&c=%231');
    expect(path('p')).toBe('p');
  });
});
