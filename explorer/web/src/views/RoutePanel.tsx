import { useMemo } from 'preact/hooks';
import { useNet } from '../details/Contrast';
import { AllTokens } from '../graph/AllTokens';
import { Graph } from '../graph/Graph';
import { shapeOf } from '../graph/ids';
import { SHORT } from '../graph/layout';
import { riverOfContrast, riverOfRelevance, riverOfRoute } from '../graph/river';
import { useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';

/** The river of what is shown: a plain route, a contrast, or relevance. */
export function RoutePanel({ shown }: { shown: Shown }) {
  const { explorer, state } = useExplorer();
  const { trace, position, threshold } = shown;
  const net = useNet(shown);
  const river = useMemo(() => {
    const shape = shapeOf(trace);
    const tokens = trace.tokens.length;
    if (shown.contrast) return riverOfContrast(shown.contrast, net, shape, tokens, position);
    if (shown.relevance) return riverOfRelevance(shown.relevance, shape, tokens);
    return riverOfRoute(shown.route, shape, tokens);
  }, [shown.route, shown.contrast, shown.relevance, net.size, trace, position]);
  return (
    <>
      {river.bands.length === 0 && !shown.contrast && (
        <div class="notice" role="status" aria-label="Empty route">
          <span>Nothing is above {threshold}. Lower the threshold.</span>
          <button onClick={() => explorer.go({ tau: undefined })}>Lower it</button>
        </div>
      )}
      <Graph
        river={river}
        trace={trace}
        reads={shown.reads}
        position={position}
        {...(shown.address.sel && { selected: shown.address.sel })}
        theme={state.theme}
        fold={shown.address.fold !== 'off'}
        even={shown.address.rows === 'even'}
        select={(sel) => explorer.go({ sel })}
        target={(t) => explorer.go({ t: t === trace.tokens.length - 1 ? undefined : t })}
      />
      {trace.tokens.length > SHORT && <AllTokens river={river} choose={(p) => p <= position && explorer.go({ sel: `X0_${p}` })} />}
    </>
  );
}
