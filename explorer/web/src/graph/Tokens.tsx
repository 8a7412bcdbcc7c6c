import { sourceLabel } from '../text/names';
import { percent, signed } from '../text/numbers';
import { label, quoted } from '../text/tokens';
import type { Layout } from './layout';
import type { River } from './river';

interface Props {
  layout: Layout;
  river: River;
  reads: readonly string[];
  window: [number, number];
  /** The size of letters in pixels. */
  letters: number;
  selected?: string;
  choose: (position: number) => void;
  unfold: (from: number) => void;
  dark: boolean;
  /** What the second of two texts has in the column of each token, where that is another one. */
  twins?: readonly (string | undefined)[];
}

/** The tokens under the graph, shaded by their shares; folds of several read +12 and open on click. */
export function Tokens({ layout, river, reads, window, letters, selected, choose, unfold, dark, twins }: Props) {
  const most = Math.max(1e-9, ...[...river.sources.values()].map(Math.abs));
  const net = river.style === 'contrast' || river.style === 'relevance';
  return (
    <div class="tokens">
      {layout.columns.map((column) => {
        if (column.x + column.width < window[0] || column.x - column.width > window[1]) return null;
        const left = column.x - column.width / 2;
        if (column.folded) {
          const n = column.to - column.from + 1;
          const title = `${n} tokens with next to nothing; click to open: ${reads.slice(column.from, column.to + 1).join('').slice(0, 200)}`;
          return (
            <div class="unfold" key={column.from} title={title} style={{ left: `${left}px`, width: `${column.width}px` }} onClick={() => unfold(column.from)}>
              +{n}
            </div>
          );
        }
        const p = column.from;
        const value = river.sources.get(p) ?? 0;
        const depth = net ? Math.min(1, Math.abs(value) / most) : Math.min(1, value / 0.35);
        const least = 8;
        const shade = value === 0 ? 4 : Math.round(least + ((dark ? 42 : 64) - least) * depth);
        const hue = !net ? 'shade' : value >= 0 ? 'towards' : 'away';
        const tall = net ? Math.round(shade * 0.72) : shade;
        const twin = twins?.[p];
        const said = twin === undefined ? sourceLabel(value, river.style) : `/ ${label(twin, column.width - 16, 11)}`;
        const full = river.style === 'contrast' ? signed(value) : percent(value);
        return (
          <div
            key={p}
            class={`token ${p === river.target ? 'is-target' : ''} ${selected === `X0_${p}` ? 'is-selected' : ''}`}
            title={`position ${p} ${quoted(reads[p] ?? '')}${twin === undefined ? '' : `, in the second ${quoted(twin)}`}, ${full}`}
            style={{ left: `${left + 2}px`, width: `${column.width - 4}px` }}
            onClick={() => choose(p)}
          >
            <bdi style={{ background: `color-mix(in srgb, var(--${hue}) ${tall}%, var(--page))` }}>
              {label(reads[p] ?? '', column.width - 8, letters)}
            </bdi>
            <span class={river.style === 'contrast' && value !== 0 ? hue : ''}>{said}</span>
          </div>
        );
      })}
    </div>
  );
}
