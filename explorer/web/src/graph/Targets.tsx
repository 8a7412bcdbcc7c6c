import { useRef } from 'preact/hooks';
import type { Trace } from '../api/types';
import { percent } from '../text/numbers';
import { label, quoted, reading } from '../text/tokens';
import type { Layout } from './layout';

/** Up to so many positions all stand in the document; above, those near the window. */
const ALL = 128;

interface Props {
  layout: Layout;
  trace: Pick<Trace, 'tokens' | 'predictions'>;
  reads: readonly string[];
  position: number;
  window: [number, number];
  /** The size of letters in pixels. */
  letters: number;
  choose: (position: number) => void;
}

/** The row of predictions over the graph: choosing one shows the route of its state. */
export function Targets({ layout, trace, reads, position, window, letters, choose }: Props) {
  const row = useRef<HTMLDivElement>(null);
  const last = trace.tokens.length - 1;
  const go = (to: number) => {
    const next = Math.max(0, Math.min(last, to));
    choose(next);
    // The radio may only stand there after the next drawing.
    requestAnimationFrame(() => row.current?.querySelector<HTMLElement>(`[data-position="${next}"]`)?.focus());
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[e.key];
    if (step) go(position + step);
    else if (e.key === 'Home') go(0);
    else if (e.key === 'End') go(last);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div class="targets" role="radiogroup" aria-label="Target" ref={row} onKeyDown={onKeyDown}>
      {layout.columns.map((column) => {
        const near = column.x + column.width > window[0] && column.x - column.width < window[1];
        if (last >= ALL && !near && !(column.from <= position && position <= column.to)) return null;
        const each = column.width / (column.to - column.from + 1);
        const radios = [];
        for (let p = column.from; p <= column.to; p++) {
          const prediction = trace.predictions[p];
          const best = prediction?.top[0];
          if (!best || p > last) continue;
          const next = reading(best.text, best.id);
          const name = `After position ${p} ${quoted(reads[p]!)}: ${quoted(next)} ${percent(best.probability)}`;
          radios.push(
            <div
              key={p}
              role="radio"
              class={column.folded ? 'target folded' : 'target'}
              aria-checked={p === position}
              aria-label={name}
              data-position={p}
              tabIndex={p === position ? 0 : -1}
              title={prediction.entropy === undefined ? name : `${name}\nentropy ${prediction.entropy.toFixed(2)} nats`}
              style={{
                left: `${column.x - column.width / 2 + (p - column.from) * each + (column.folded ? 0 : 2)}px`,
                width: `${Math.max(0.5, each - (column.folded ? 0 : 4))}px`,
              }}
              onClick={() => choose(p)}
            >
              {!column.folded && (
                <>
                  <bdi>{label(next, column.width - 8, letters)}</bdi>
                  <span class="level">
                    <i style={{ width: `${100 * best.probability}%` }} />
                  </span>
                  <span class="triangle" />
                </>
              )}
            </div>,
          );
        }
        return radios;
      })}
    </div>
  );
}
