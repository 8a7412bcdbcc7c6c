import { useRef, useState } from 'preact/hooks';
import { useRoles } from '../details/Edge';
import { parseNode } from '../graph/ids';
import { useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import { percent } from '../text/numbers';

/** What each head brought to the route, and its strongest connection. */
export function headShares(shown: Shown): Map<string, { share: number; strongest: string; most: number }> {
  const route = shown.route.routes[0]!;
  const flow = new Map(route.nodes.map((n) => [n.id, n.flow]));
  const heads = new Map<string, { share: number; strongest: string; most: number }>();
  for (const e of route.edges) {
    if (e.kind !== 'attention') continue;
    for (const [head, contribution] of e.heads ?? []) {
      const key = `${parseNode(e.to).layer}.${head}`;
      const part = contribution * (flow.get(e.to) ?? 0);
      const known = heads.get(key) ?? { share: 0, strongest: '', most: 0 };
      known.share += part;
      if (part > known.most) {
        known.most = part;
        known.strongest = `${e.from}>${e.to}`;
      }
      heads.set(key, known);
    }
  }
  return heads;
}

/** All heads of the model, a row a layer, with their share of the route and their roles. */
export function Heads({ shown }: { shown: Shown }) {
  const { explorer, state } = useExplorer();
  const { n_layers: layers, n_heads: heads } = shown.trace.model;
  const shares = headShares(shown);
  const roles = useRoles(shown.address.m);
  const most = Math.max(1e-9, ...[...shares.values()].map((s) => s.share));
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<[number, number]>([layers - 1, 0]);
  const dense = layers > 12 || heads > 12;
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
    if (!step) return;
    e.preventDefault();
    const next: [number, number] = [
      Math.max(0, Math.min(layers - 1, at[0] + step[0]!)),
      Math.max(0, Math.min(heads - 1, at[1] + step[1]!)),
    ];
    setAt(next);
    grid.current!.querySelector<HTMLElement>(`[data-head="${next[0]}.${next[1]}"]`)?.focus();
  };
  const open = (key: string) => {
    const known = shares.get(key);
    if (known) explorer.go({ sel: known.strongest, h: Number(key.split('.')[1]) });
    else explorer.say(`Head ${key} has no part in this route. Lower the threshold to see what it reads.`);
  };
  return (
    <div class="scrolls">
      <div
        class={`heads ${dense ? 'dense' : ''}`}
        role="grid"
        aria-label="Heads by layer"
        ref={grid}
        onKeyDown={onKeyDown}
      >
        {Array.from({ length: layers }, (_, i) => layers - 1 - i).map((layer) => (
          <div role="row" class="heads-row" key={layer} style={{ gridTemplateColumns: `36px repeat(${heads}, minmax(${dense ? '34px' : 'var(--head-least, 104px)'}, 1fr))` }}>
            <span role="rowheader" class="row-head">
              {layer}
            </span>
            {Array.from({ length: heads }, (_, h) => {
              const key = `${layer}.${h}`;
              const share = shares.get(key)?.share ?? 0;
              const named = roles(layer, h);
              const depth = Math.round((state.theme === 'dark' ? 26 : 30) * Math.sqrt(share / most));
              return (
                <span role="gridcell" key={h}>
                  <button
                    class="cell"
                    data-head={key}
                    tabIndex={at[0] === layer && at[1] === h ? 0 : -1}
                    aria-label={[`Head ${key}`, `${percent(share)} of the route`, ...named].join(', ')}
                    title={[`Head ${key}`, `${percent(share)} of the route`, ...named].join(', ')}
                    style={{ background: `color-mix(in srgb, var(--attention) ${depth}%, var(--panel))` }}
                    onFocus={() => setAt([layer, h])}
                    onClick={() => open(key)}
                  >
                    <b>{key}</b>
                    <span class="n">{share > 0 ? percent(share) : ''}</span>
                    <span class="track">
                      <i class="attention" style={{ width: `${(100 * share) / most}%` }} />
                    </span>
                    <span class="roles">{named.join(', ')}</span>
                  </button>
                </span>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
