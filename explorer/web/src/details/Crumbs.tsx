import { stateAfter, stateBefore } from '../graph/ids';
import { useExplorer } from '../state/hooks';
import { stateName } from '../text/names';

interface Props {
  layers: number;
  above?: string;
  below?: string;
  /** Before and after a state, rather than above and below a connection. */
  of?: string;
}

/** Ways out of a detail: back, up, down. */
export function Crumbs({ layers, above, below, of }: Props) {
  const { explorer } = useExplorer();
  const before = of && stateBefore(of);
  const after = of && stateAfter(of, layers);
  const to = (sel: string | undefined) => () => explorer.go({ sel });
  return (
    <div class="crumbs">
      <button onClick={to(undefined)}>‹ Overview</button>
      {above && (
        <button aria-label={`State above: ${stateName(above)}`} onClick={to(above)}>
          State above
        </button>
      )}
      {below && (
        <button aria-label={`State below: ${stateName(below)}`} onClick={to(below)}>
          State below
        </button>
      )}
      {before && (
        <button aria-label={`State before: ${stateName(before)}`} onClick={to(before)}>
          State before
        </button>
      )}
      {after && (
        <button aria-label={`State after: ${stateName(after)}`} onClick={to(after)}>
          State after
        </button>
      )}
    </div>
  );
}
