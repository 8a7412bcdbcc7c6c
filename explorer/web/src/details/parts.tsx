import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { UpdateDocument } from '../api/types';
import { signed } from '../text/numbers';
import { quoted, reading } from '../text/tokens';

type Hue = 'shade' | 'attention' | 'mlp' | 'residual';

/** A row's inside: what, a bar of a share, a figure. */
export function RowInside({ what, part, figure, hue }: { what: ComponentChildren; part: number; figure: string; hue?: Hue }) {
  return (
    <>
      <span class="t">{what}</span>{' '}
      <span class="track">
        <i class={hue ?? 'shade'} style={{ width: `${(100 * Math.max(0, Math.min(1, part))).toFixed(1)}%` }} />
      </span>{' '}
      <span class="n">{figure}</span>
    </>
  );
}

/** A sentence with tokens in quotes, which are not taken apart at the end of a line. */
export function Words({ of }: { of: string }) {
  return (
    <bdi dir="ltr">
      {of.split(/(“[^”]*”)/).map((part, i) => (i % 2 === 1 ? <bdi key={i}>{part}</bdi> : part))}
    </bdi>
  );
}

/** What stands at the other end of a title's line; a pause before it where titles are read out. */
export function Beside({ children }: { children: ComponentChildren }) {
  return (
    <span>
      <span class="vh">: </span>
      {children}
    </span>
  );
}

/** A list with its title. */
export function Titled({ title, side, name, children }: { title: ComponentChildren; side?: ComponentChildren; name: string; children: ComponentChildren }) {
  return (
    <>
      <h3>
        <span>{title}</span>
        {side && <Beside>{side}</Beside>}
      </h3>
      <ul aria-label={name}>{children}</ul>
    </>
  );
}

/** The first of a list, and what shows all of it; nothing of the kind where it is short. */
export function useFew<T>(items: readonly T[], few: number, name: string): [T[], ComponentChildren] {
  const [all, setAll] = useState(false);
  const more = items.length > few && (
    <button class="link" aria-expanded={all} aria-label={`${all ? 'Show fewer' : 'Show all'}: ${name}`} onClick={() => setAll(!all)}>
      {all ? 'Show fewer' : `Show all ${items.length}`}
    </button>
  );
  return [all ? [...items] : items.slice(0, few), more];
}

/** The index in front of a token. */
export function Lay({ n }: { n: number }) {
  return <span class="lay">{n}</span>;
}

/** Tokens that something raises and lowers, side by side. */
export function PromotedSuppressed({ by, update }: { by: string; update: UpdateDocument | undefined }) {
  return (
    <div class="side">
      {(['promoted', 'suppressed'] as const).map((which) => {
        const title = which === 'promoted' ? 'Promoted' : 'Suppressed';
        return (
          <div key={which}>
            <h3>{title}</h3>
            <ul aria-label={`${title} by ${by}`}>
              {update
                ? update[which].slice(0, 5).map((t) => (
                    <li class="row two" key={t.id}>
                      <span class="t">
                        <bdi dir="ltr">{quoted(reading(t.text, t.id))}</bdi>
                      </span>{' '}
                      <span class="n">{signed(t.logit)}</span>
                    </li>
                  ))
                : [1, 2, 3, 4, 5].map((i) => <li class="grey" key={i} />)}
            </ul>
          </div>
        );
      })}
    </div>
  );
}

/** Grey bars in place of words that are on their way. */
export function Loading({ rows }: { rows: number }) {
  return (
    <>
      {Array.from({ length: rows }, (_, i) => (
        <span class="grey" key={i} style={{ width: `${90 - 9 * (i % 4)}%` }} />
      ))}
    </>
  );
}
