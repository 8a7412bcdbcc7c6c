import { useExplorer } from '../state/hooks';
import { Contrast } from './Contrast';
import { Edge } from './Edge';
import { Mlp } from './Mlp';
import { Overview } from './Overview';
import { Loading } from './parts';
import { StateDetails } from './State';

/** The panel on the right: what is selected, in numbers. */
export function Details() {
  const { state } = useExplorer();
  const { shown } = state;
  return (
    <aside class={`details ${state.working && !state.working.aside ? 'old' : ''}`} aria-label="Details" tabIndex={0}>
      {!shown ? <Loading rows={12} /> : <Selected />}
    </aside>
  );
}

function Selected() {
  const { state } = useExplorer();
  const shown = state.shown!;
  const { sel } = shown.address;
  if (!sel) return shown.address.a ? <Contrast shown={shown} /> : <Overview shown={shown} />;
  if (sel.includes('>')) return <Edge shown={shown} sel={sel} key={sel} />;
  if (sel.startsWith('M')) return <Mlp shown={shown} sel={sel} key={sel} />;
  return <StateDetails shown={shown} sel={sel} key={sel} />;
}
