import { stateAfter, stateBefore, type Shape } from '../graph/ids';
import { useExplorer } from '../state/hooks';
import { stateName } from '../text/names';

interface Props {
  shape: Shape;
  above?: string;
  below?: string;
  /** Before and after a state, rather than above and below a connection. */
  of?: string;
}

/** Ways out of a detail: back, up, down. */
export function Crumbs({ shape, above, below, of }: Props) {
  const { explorer } = useExplorer();
  const before = of && stateBefore(of, shape);
  const after = of && stateAfter(of, shape);
  const to = (sel: string | undefined) => () => explorer.go({ sel });
  return (
    <div class="crumbs">
      <button onClick={to(undefined)}>‹ Overview</button>
      {above && (
        <button aria-label={`State above: ${stateName(above, shape)}`} onClick={to(above)}>
          State above
        </button>
      )}
      {below && (
        <button aria-label={`State below: ${stateName(below, shape)}`} onClick={to(below)}>
          State below
        </button>
      )}
      {before && (
        <button aria-label={`State before: ${stateName(before, shape)}`} onClick={to(before)}>
          State before
        </button>
      )}
      {after && (
        <button aria-label={`State after: ${stateName(after, shape)}`} onClick={to(after)}>
          State after
        </button>
      )}
    </div>
  );
}
