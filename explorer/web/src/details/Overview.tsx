import { parseNode } from '../graph/ids';
import { SHORT } from '../graph/layout';
import { amounts } from '../graph/river';
import { Term } from '../shell/Term';
import { useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import { percent } from '../text/numbers';
import { isContinued, quoted, reading } from '../text/tokens';
import { Faithfulness } from './Faithfulness';
import { Beside, Lay, RowInside, Titled, useFew, Words } from './parts';

const ROWS = 6;
/** As many as fit the panel with all that comes after. */
const SOURCES = 24;

/** Nothing is selected: the position as a whole. */
export function Overview({ shown, generate }: { shown: Shown; generate: () => void }) {
  const { trace, position, reads, route } = shown;
  const prediction = trace.predictions[position]!;
  const sources = route.routes[0]!.source_flow.filter(([, share]) => share >= 0.001).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const [shares, moreShares] = useFew(sources, SOURCES, 'source tokens');
  return (
    <>
      <h2>
        <Words of={`Position ${position} ${quoted(reads[position]!)}`} />
      </h2>
      {trace.tokens.length > SHORT && <Text shown={shown} />}
      <Titled title="Predictions" side={`entropy ${prediction.entropy?.toFixed(2)} nats`} name="Predictions">
        {prediction.top.slice(0, 5).map((t) => (
          <li class="row" key={t.id}>
            <RowInside what={<bdi dir="ltr">{quoted(reading(t.text, t.id))}</bdi>} part={t.probability} figure={percent(t.probability)} />
          </li>
        ))}
      </Titled>
      <button class="link" aria-haspopup="dialog" onClick={generate}>
        Continue the text …
      </button>
      <Titled title="Source tokens" side="share of the last state" name="Source tokens">
        {shares.map(([p, share]) => (
          <li class="row" key={p}>
            <RowInside
              what={
                <>
                  <Lay n={p} /> <bdi dir="ltr">{quoted(reads[p]!)}</bdi>
                </>
              }
              part={share / sources[0]![1]}
              figure={percent(share)}
            />
          </li>
        ))}
      </Titled>
      {moreShares}
      <Steps shown={shown} />
      <Writes shown={shown} />
      <Faithfulness shown={shown} />
    </>
  );
}

/** The text as running text, each token shaded by its share; a click shows its column. */
function Text({ shown }: { shown: Shown }) {
  const { explorer } = useExplorer();
  const { reads, route, trace } = shown;
  const share = new Map(route.routes[0]!.source_flow);
  return (
    <>
      <h3>
        <span>The text</span>
        <Beside>shade: share of the last state</Beside>
      </h3>
      <p class="text" role="group" aria-label="The text" tabIndex={0}>
        {trace.tokens.map((_, p) => {
          const s = share.get(p) ?? 0;
          const shade = s >= 0.004 ? Math.round(12 + (explorer.state.theme === 'dark' ? 30 : 52) * Math.min(1, s / 0.35)) : 0;
          return (
            <span
              key={p}
              style={shade ? { background: `color-mix(in srgb, var(--shade) ${shade}%, transparent)` } : {}}
              title={percent(s)}
              onClick={() => explorer.go({ sel: `X0_${p}` })}
            >
              {isContinued(reads, trace.tokens, p) ? '' : reads[p]}
            </span>
          );
        })}
      </p>
    </>
  );
}

function Steps({ shown }: { shown: Shown }) {
  const { explorer } = useExplorer();
  const { reads, route } = shown;
  const all = amounts(route.routes[0]!)
    .filter((e) => e.kind === 'attention' && parseNode(e.from).position !== parseNode(e.to).position)
    .sort((a, b) => b.amount - a.amount);
  const [steps, more] = useFew(all, ROWS, 'steps between tokens');
  return (
    <>
      <Titled title="Largest steps between tokens" side="layer, reader ← read" name="Largest steps between tokens">
        {steps.map((e) => {
          const from = parseNode(e.from);
          const to = parseNode(e.to);
          const [reader, read] = [quoted(reads[to.position]!), quoted(reads[from.position]!)];
          const sel = `${e.from}>${e.to}`;
          return (
            <li key={sel}>
              <button
                class="row"
                aria-label={`Layer ${to.layer}: ${reader} (${to.position}) reads ${read} (${from.position}), ${percent(e.amount)}`}
                onClick={() => explorer.go({ sel })}
              >
                <RowInside
                  what={
                    <>
                      <Lay n={to.layer} /> <bdi dir="ltr">{reader}</bdi> ← <bdi dir="ltr">{read}</bdi>
                    </>
                  }
                  part={e.amount / steps[0]!.amount}
                  figure={percent(e.amount)}
                  hue="attention"
                />
              </button>
            </li>
          );
        })}
      </Titled>
      {more}
    </>
  );
}

function Writes({ shown }: { shown: Shown }) {
  const { explorer } = useExplorer();
  const { reads, route } = shown;
  const all = route.routes[0]!.nodes.filter((n) => n.kind === 'mlp').sort((a, b) => b.flow - a.flow);
  const [writes, more] = useFew(all, ROWS, 'writes by MLPs');
  return (
    <>
      <Titled
        title={
          <span>
            Largest writes by <Term of="MLP">MLPs</Term>
          </span>
        }
        side="layer, token"
        name="Largest writes by MLPs"
      >
        {writes.map((n) => (
          <li key={n.id}>
            <button
              class="row"
              aria-label={`MLP of layer ${n.layer}, position ${n.position} ${quoted(reads[n.position]!)}, ${percent(n.flow)}`}
              onClick={() => explorer.go({ sel: n.id })}
            >
              <RowInside
                what={
                  <>
                    <Lay n={n.layer} /> <bdi dir="ltr">{quoted(reads[n.position]!)}</bdi>
                  </>
                }
                part={n.flow / writes[0]!.flow}
                figure={percent(n.flow)}
                hue="mlp"
              />
            </button>
          </li>
        ))}
      </Titled>
      {more}
    </>
  );
}
