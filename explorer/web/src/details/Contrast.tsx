import { path } from '../api/client';
import type { LogitsDocument } from '../api/types';
import { Segments, tokenWords } from '../shell/Summary';
import { Term } from '../shell/Term';
import { useDocument, useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import { percent, signed } from '../text/numbers';
import { quoted } from '../text/tokens';
import { Faithfulness } from './Faithfulness';
import { Lay, Loading, RowInside, Titled, useFew, Words } from './parts';

const ROWS = 10;
/** As many as in the overview. */
const TOKENS = 24;

/** One answer against another, or an answer alone: token by token, part by part. */
export function Contrast({ shown }: { shown: Shown }) {
  const { explorer } = useExplorer();
  const { address } = shown;
  const [a, b] = [tokenWords(shown, address.a), tokenWords(shown, address.b)];
  const value = shown.relevance?.value ?? shown.contrast?.logit ?? 0;
  const relevance = address.by === 'relevance';
  return (
    <>
      <div class="crumbs">
        <button onClick={() => explorer.go({ a: undefined })}>‹ Overview</button>
        {address.b && <button onClick={() => explorer.go({ a: address.b, b: address.a, by: address.by })}>Exchange the two</button>}
      </div>
      <h2>
        <Words of={address.b ? `Why ${a} and not ${b}?` : `Why ${a}?`} />
      </h2>
      <p class="big">
        {signed(value)}
        <small>
          {address.b ? 'logits between them' : <Term of="logit">logit</Term>}
        </small>
      </p>
      <Segments
        name="Way of telling"
        options={[
          ['By contributions', !relevance],
          ['By relevance', relevance],
        ]}
        choose={(i) => explorer.go({ by: i === 1 ? 'relevance' : undefined, a: address.a, b: address.b })}
      />
      {relevance ? <Relevance shown={shown} /> : <Contributions shown={shown} />}
    </>
  );
}

function useLogits(shown: Shown, by: 'token' | 'head'): LogitsDocument | undefined {
  const { trace, position, address } = shown;
  return useDocument<LogitsDocument>(
    path(`api/traces/${trace.id}/logits`, { answer: address.a, distractor: address.b, position, by }),
  ).data;
}

/** The net amount of each token of the contrast that is shown. */
export function useNet(shown: Shown): Map<number, number> {
  const { trace, position, address } = shown;
  const asked = address.a && address.by !== 'relevance';
  const document = useDocument<LogitsDocument>(
    asked ? path(`api/traces/${trace.id}/logits`, { answer: address.a, distractor: address.b, position, by: 'token' }) : undefined,
  ).data;
  return new Map(document?.contrast?.tokens.map((t) => [t.position, t.net]) ?? []);
}

function Contributions({ shown }: { shown: Shown }) {
  const byToken = useLogits(shown, 'token')?.contrast;
  const byHead = useLogits(shown, 'head')?.parts;
  const tokens = byToken ? [...byToken.tokens].sort((x, y) => Math.abs(y.net) - Math.abs(x.net)) : [];
  const [someTokens, moreTokens] = useFew(tokens, TOKENS, 'tokens');
  const most = Math.max(1e-9, ...tokens.map((t) => Math.max(t.towards, t.away)));
  const parts = byHead ? [...byHead].sort((x, y) => Math.abs(y.logit) - Math.abs(x.logit)) : [];
  const [few, more] = useFew(parts, ROWS, 'heads and MLPs');
  const largest = Math.max(1e-9, ...parts.map((p) => Math.abs(p.logit)));
  const lost = byToken ? byToken.lost.towards - byToken.lost.away : 0;
  return (
    <>
      <Titled title="By token" side="towards − away" name="Contrast by token">
        {byToken ? (
          <>
            {someTokens.map((t) => (
              <Both key={t.position} lay={t.position} name={quoted(shown.reads[t.position] ?? '')} towards={t.towards} away={t.away} net={t.net} most={most} />
            ))}
            <Both name="biases" towards={Math.max(0, byToken.biases)} away={Math.max(0, -byToken.biases)} net={byToken.biases} most={most} />
            {lost !== 0 && <Both name="lost" towards={byToken.lost.towards} away={byToken.lost.away} net={lost} most={most} />}
          </>
        ) : (
          <Loading rows={ROWS} />
        )}
      </Titled>
      {moreTokens}
      <Titled title="By head and MLP" side="own update only" name="Contrast by part">
        {byHead ? (
          few.map((p) => {
            const name = partName(p);
            return <Both key={name} name={name} towards={Math.max(0, p.logit)} away={Math.max(0, -p.logit)} net={p.logit} most={largest} />;
          })
        ) : (
          <Loading rows={ROWS} />
        )}
      </Titled>
      {more}
    </>
  );
}

function partName(p: { part: string; layer?: number; head?: number }): string {
  if (p.part === 'head') return `Head ${p.layer}.${p.head}`;
  if (p.part === 'mlp') return `MLP ${p.layer}`;
  return p.part;
}

function Both(props: { lay?: number; name: string; towards: number; away: number; net: number; most: number }) {
  const { lay, name, towards, away, net, most } = props;
  return (
    <li class="div">
      <span class="t">
        {lay !== undefined && <Lay n={lay} />} <bdi dir="ltr">{name}</bdi>
      </span>{' '}
      <span class="axis">
        <i class="towards" style={{ width: `${(50 * towards) / most}%` }} />
        <i class="away" style={{ width: `${(50 * away) / most}%` }} />
      </span>{' '}
      <span class={`n ${net >= 0 ? 'towards' : 'away'}`}>{signed(net)}</span>
    </li>
  );
}

/** What brought the answer, by relevance; as it is a route, its faithfulness beside it. */
function Relevance({ shown }: { shown: Shown }) {
  const route = shown.relevance!.routes[0]!;
  const all = [...route.source_flow].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const [tokens, more] = useFew(all, ROWS, 'tokens');
  const most = Math.max(1e-9, ...tokens.map(([, share]) => Math.abs(share)));
  return (
    <>
      <Titled title="By token" side="share of the answer" name="Relevance by token">
        {tokens.map(([p, share]) => (
          <li class="row" key={p}>
            <RowInside
              what={
                <>
                  <Lay n={p} /> <bdi dir="ltr">{quoted(shown.reads[p] ?? '')}</bdi>
                </>
              }
              part={Math.abs(share) / most}
              figure={percent(share)}
            />
          </li>
        ))}
      </Titled>
      {more}
      <Faithfulness shown={shown} />
    </>
  );
}
