import { path, type Client } from '../api/client';
import type { Prediction } from '../api/types';
import { quoted } from '../text/tokens';

const ID = /^#(\d+)$/;

/** The token of an answer as an address gives it: its id, or nothing where no token of the model has that text. */
export async function tokenOf(
  client: Client,
  model: string,
  given: string,
  near: readonly Prediction[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const id = ID.exec(given)?.[1];
  if (id !== undefined) return Number(id);
  const known = near.find((t) => t.text === given);
  return known ? known.id : asked(client, model, given, signal);
}

async function asked(client: Client, model: string, text: string, signal: AbortSignal): Promise<number | undefined> {
  const of = path(`api/models/${encodeURIComponent(model)}/token`, { text });
  return (await client.get<{ id: number | null }>(of, { signal })).id ?? undefined;
}

/** What is said of a text that is no token; the blank in front is what everybody forgets. */
export async function noToken(client: Client, model: string, text: string, signal: AbortSignal): Promise<string> {
  const withBlank = (await asked(client, model, ` ${text}`, signal)) !== undefined;
  return `${quoted(text)} is not one token of ${model}${withBlank ? `, but ${quoted(` ${text}`)} is: give it with its blank` : ''}.`;
}
