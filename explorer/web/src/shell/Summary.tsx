import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Shown } from '../state/store';
import { useExplorer } from '../state/hooks';
import { percent } from '../text/numbers';
import { quoted, reading, wordsBefore } from '../text/tokens';
import { Hint } from './Hint';
import { HowToRead } from './HowToRead';
import { Pickers } from './Pickers';

/** The words of an answer and a distractor as the address has them: text, or #id. */
export function tokenWords(shown: Shown, given: string | undefined): string {
  if (given === undefined) return '';
  const of = shown.contrast ?? shown.relevance;
  const documents = of as { answer?: { id: number; text: string | null }; distractor?: { id: number; text: string | null } | null } | undefined;
  for (const token of [documents?.answer, documents?.distractor]) {
    if (token && (given === `#${token.id}` || given === token.text)) return quoted(reading(token.text, token.id));
  }
  return quoted(reading(given));
}

/** First the eye reads a sentence: what the model predicts after which words. */
export function Summary() {
  const { explorer, state } = useExplorer();
  const { shown } = state;
  const [picking, setPicking] = useState(false);
  const [reads, setReads] = useState(false);
  if (!shown) {
    return (
      <section class="summary" aria-label="Summary">
        <div>
          {state.alert ? (
            <p class="say">Type a text, or choose a sentence.</p>
          ) : (
            <span class="grey" style={{ width: '60%', height: '18px' }} />
          )}
        </div>
      </section>
    );
  }
  const { address, trace, position } = shown;
  const [first, second] = trace.predictions[position]!.top;
  const a = first && quoted(reading(first.text, first.id));
  const b = second && quoted(reading(second.text, second.id));
  const standard = address.a === `#${first?.id}` && address.b === `#${second?.id}`;
  const asked = address.a !== undefined && address.b !== undefined;
  const question = asked
    ? `Why ${tokenWords(shown, address.a)} and not ${tokenWords(shown, address.b)}?`
    : `Why ${a} and not ${b}?`;
  const ask = () => {
    if (asked) explorer.go({ a: undefined, sel: undefined });
    else explorer.go({ a: `#${first!.id}`, b: `#${second!.id}`, by: undefined, sel: undefined });
  };
  return (
    <section class={`summary ${state.working && !state.working.aside ? 'old' : ''}`} aria-label="Summary">
      <Sentence shown={shown} />
      <div class="ask">
        {first && second && (
          <button aria-pressed={asked} onClick={ask} title={asked && !standard ? 'Back to the route' : undefined}>
            {question}
          </button>
        )}
        <button aria-haspopup="dialog" onClick={() => setPicking(true)}>
          Other tokens
        </button>
      </div>
      <div class="second">
        <WhatIsShown shown={shown} />
        <p class="small">{noteOf(shown)}</p>
        <button class="link" aria-expanded={reads} aria-controls="how-to-read" onClick={() => setReads(!reads)}>
          How to read this
        </button>
      </div>
      {reads && <HowToRead />}
      <Hint />
      {picking && <Pickers shown={shown} close={() => setPicking(false)} />}
    </section>
  );
}

function noteOf(shown: Shown): string {
  const { address } = shown;
  if (address.by === 'relevance') {
    const what = address.b ? `the lead of ${tokenWords(shown, address.a)} over ${tokenWords(shown, address.b)}` : `the logit of ${tokenWords(shown, address.a)}`;
    return `What brought ${what}; widths are shares of it, dashed lines work against it.`;
  }
  if (address.a && address.b) {
    return `Blue raises ${tokenWords(shown, address.a)} over ${tokenWords(shown, address.b)}, red lowers it; amounts are logits and add up to the difference.`;
  }
  if (address.a) return `Blue raises ${tokenWords(shown, address.a)}, red lowers it; amounts are logits and add up.`;
  return 'How the last state of this position was built; it does not depend on which token is predicted.';
}

/** The switch between the route of the state and that of the answer. */
function WhatIsShown({ shown }: { shown: Shown }) {
  const { explorer } = useExplorer();
  const first = shown.trace.predictions[shown.position]!.top[0];
  const ofAnswer = shown.address.a !== undefined;
  const choose = (answer: boolean) => {
    if (answer === ofAnswer) return;
    if (answer) explorer.go({ a: `#${first!.id}`, by: 'relevance', sel: undefined });
    else explorer.go({ a: undefined, sel: undefined });
  };
  return (
    <Segments
      name="Picture"
      options={[
        ['How the state was built', !ofAnswer],
        ['What made the answer', ofAnswer],
      ]}
      choose={(i) => choose(i === 1)}
    />
  );
}

/** Radios side by side: one Tab stop, arrows move and choose. */
export function Segments(props: { name: string; options: [string, boolean][]; choose: (index: number) => void }) {
  const { name, options, choose } = props;
  const row = useRef<HTMLDivElement>(null);
  const chosen = options.findIndex(([, on]) => on);
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[e.key];
    if (!step && e.key !== ' ') return;
    e.preventDefault();
    const next = step ? (chosen + step + options.length) % options.length : chosen;
    row.current!.querySelectorAll<HTMLElement>('[role=radio]')[next]!.focus();
    choose(next);
  };
  return (
    <div class="segments" role="radiogroup" aria-label={name} ref={row} onKeyDown={onKeyDown}>
      {options.map(([label, on], i) => (
        <div role="radio" aria-label={label} aria-checked={on} tabIndex={on ? 0 : -1} key={label} onClick={() => choose(i)}>
          {label}
        </div>
      ))}
    </div>
  );
}

/** The sentence; where there is no room for it all, the quoted words give way from the left. */
function Sentence({ shown }: { shown: Shown }) {
  const { trace, position, reads } = shown;
  const box = useRef<HTMLParagraphElement>(null);
  const words = useRef<HTMLElement>(null);
  const all = wordsBefore(reads, trace.tokens, position);
  const best = trace.predictions[position]!.top[0];
  useLayoutEffect(() => {
    const fit = () => {
      const element = words.current;
      if (!element || !box.current) return;
      const pieces = all.split(/(?<=\s)/);
      const cut = (from: number) => (from === 0 ? all : `… ${pieces.slice(from).join('')}`);
      let least = Math.max(0, pieces.length - 14);
      let most = pieces.length - 1;
      const fits = (from: number) => {
        element.textContent = cut(from);
        return box.current!.scrollWidth <= box.current!.clientWidth + 1;
      };
      if (pieces.length <= 14 && fits(0)) return;
      while (least < most) {
        const middle = (least + most) >> 1;
        if (fits(middle)) most = middle;
        else least = middle + 1;
      }
      if (!fits(least) && [...pieces[least]!].length > 12) {
        const characters = [...pieces[least]!];
        for (let n = characters.length - 1; n > 3; n--) {
          element.textContent = `…${characters.slice(-n).join('')}`;
          if (box.current!.scrollWidth <= box.current!.clientWidth + 1) break;
        }
      }
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [all, shown]);
  return (
    <p class="say" ref={box}>
      After “<bdi class="words" ref={words} />” the model predicts{' '}
      {best ? (
        <>
          <b>
            <bdi dir="ltr">{quoted(reading(best.text, best.id))}</bdi>
          </b>{' '}
          <span class="probability">{percent(best.probability)}</span>
        </>
      ) : (
        'nothing'
      )}
    </p>
  );
}
