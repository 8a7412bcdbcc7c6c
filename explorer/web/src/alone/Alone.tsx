import { useEffect, useMemo, useState } from 'preact/hooks';
import { Graph } from '../graph/Graph';
import { riverOfRoute } from '../graph/river';
import { readings } from '../text/tokens';
import { shapeOf, traceOf, type Held } from './held';
import { What } from './What';

/** A river and what it holds, without a server. */
export function Alone({ held, host }: { held: Held; host: HTMLElement }) {
  const { known, route } = held;
  const [sel, setSel] = useState<string>();
  const theme = useSystemTheme();
  const trace = useMemo(() => traceOf(held), [held]);
  const reads = useMemo(() => readings(route.tokens), [route]);
  const river = useMemo(() => riverOfRoute(route, shapeOf(held), route.tokens.length), [held]);
  useLinks(known.links, host, setSel);
  return (
    <div class="theme alone" data-theme={theme}>
      <div class="picture-side">
        <Graph
          key={theme}
          river={river}
          trace={trace}
          reads={reads}
          position={known.position}
          {...(sel && { selected: sel })}
          theme={theme}
          fold
          even={false}
          select={(to) => setSel(to)}
          target={() => undefined}
        />
        <p class="legend">
          <span>
            <i class="attention" />
            attention
          </span>
          <span>
            <i class="mlp" />
            MLP
          </span>
          <span>
            <i class="residual" />
            what stays
          </span>
        </p>
      </div>
      <section class="details" aria-label="Details" aria-live="polite">
        <What held={held} reads={reads} {...(sel && { sel })} choose={setSel} />
      </section>
    </div>
  );
}

function useSystemTheme(): 'light' | 'dark' {
  const query = useMemo(() => matchMedia('(prefers-color-scheme: dark)'), []);
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const follow = () => setDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, [query]);
  return dark ? 'dark' : 'light';
}

/** Links of the page to a line of the drawing lead to that connection of the river. */
function useLinks(links: string[], host: HTMLElement, choose: (sel: string) => void): void {
  useEffect(() => {
    const onClick = (e: MouseEvent) => {
      const link = (e.target as Element).closest?.('a[href^="#edge-"]');
      const sel = link && links[Number(link.getAttribute('href')!.slice(6)) - 1];
      if (!sel) return;
      e.preventDefault();
      choose(sel);
      host.scrollIntoView({ block: 'center' });
    };
    document.addEventListener('click', onClick);
    return () => document.removeEventListener('click', onClick);
  }, [links, host, choose]);
}
