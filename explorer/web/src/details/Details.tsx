import { useLayoutEffect, useRef } from 'preact/hooks';
import { useExplorer } from '../state/hooks';
import { selectedOf } from '../state/store';
import { Contrast } from './Contrast';
import { Edge } from './Edge';
import { Mlp } from './Mlp';
import { Overview } from './Overview';
import { Loading } from './parts';
import { StateDetails } from './State';

/** The panel on the right: what is selected, in numbers. */
export function Details({ generate }: { generate: () => void }) {
  const { state } = useExplorer();
  const { shown } = state;
  const panel = useRef<HTMLElement>(null);
  const inside = useRef(false);
  const sel = shown?.address.sel;
  // What was clicked goes away with the old details; the focus stays in the panel.
  useLayoutEffect(() => {
    panel.current!.scrollTop = 0;
    if (inside.current && document.activeElement === document.body) panel.current!.focus({ preventScroll: true });
  }, [sel, shown?.trace.id, shown?.address.a]);
  return (
    <aside
      ref={panel}
      onFocusIn={() => (inside.current = true)}
      onFocusOut={(e) => {
        const to = e.relatedTarget as Node | null;
        if (to && !panel.current!.contains(to)) inside.current = false;
      }}
      class={`details ${state.working && !state.working.aside ? 'old' : ''}`}
      aria-label="Details"
      tabIndex={0}
    >
      {!shown ? <Loading rows={12} /> : <Selected generate={generate} />}
    </aside>
  );
}

function Selected({ generate }: { generate: () => void }) {
  const { state } = useExplorer();
  const shown = selectedOf(state.shown!);
  const { sel } = shown.address;
  if (!sel) return shown.address.a ? <Contrast shown={shown} /> : <Overview shown={shown} generate={generate} />;
  if (sel.includes('>')) return <Edge shown={shown} sel={sel} key={sel} />;
  if (sel.startsWith('M')) return <Mlp shown={shown} sel={sel} key={sel} />;
  return <StateDetails shown={shown} sel={sel} key={sel} />;
}
