import { useId, useRef, useState } from 'preact/hooks';

/** What the words of the field mean, a line each. */
export const TERMS = {
  logit: 'Logit: the score of a next token before scores become probabilities; only differences count.',
  head: 'Head: one of several parts of a layer’s attention; it decides which earlier tokens to read and what to take.',
  MLP: 'MLP: the part of a layer that works on one position by itself; it is made of neurons.',
  expert: 'Expert: one of several MLPs in the place of one; a router sends each position to a few of them.',
  residual: 'Residual: the state carried on from below; every layer adds to it.',
  threshold: 'Threshold: parts that contribute less than this to a state are left out of the route.',
  contribution: 'Contribution: how much of a state a part makes up; those of one state add up to 100 %.',
} as const;

/** A term of the field, with a line that explains it on focus or hover. */
export function Term({ of, children }: { of: keyof typeof TERMS; children?: string }) {
  const id = useId();
  const at = useRef<HTMLSpanElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number }>();
  const show = () => {
    const box = at.current!.getBoundingClientRect();
    const below = box.bottom + 64 < innerHeight;
    setPlace({ left: Math.max(8, Math.min(box.left, innerWidth - 296)), top: below ? box.bottom + 6 : box.top - 52 });
  };
  const hide = () => setPlace(undefined);
  return (
    <span
      class="term"
      ref={at}
      tabIndex={0}
      aria-describedby={id}
      onMouseEnter={show}
      onMouseLeave={hide}
      onFocus={show}
      onBlur={hide}
      onKeyDown={(e) => e.key === 'Escape' && hide()}
    >
      {children ?? of}
      <span hidden id={id}>
        {TERMS[of]}
      </span>
      {place && (
        <span class="bubble" aria-hidden="true" style={{ left: `${place.left}px`, top: `${place.top}px` }}>
          {TERMS[of]}
        </span>
      )}
    </span>
  );
}
