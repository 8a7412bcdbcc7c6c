import { Lay, PromotedSuppressed, RowInside, Titled } from '../details/parts';
import { parseEdge, parseNode } from '../graph/ids';
import { afterWhat, capital, edgeName, stateName } from '../text/names';
import { neuronMark, neuronName } from '../text/experts';
import { percent, signed } from '../text/numbers';
import { quoted, reading } from '../text/tokens';
import { connectionOf, flowOf, kindWord, partsOf, shapeOf, type Held } from './held';

interface Props {
  held: Held;
  reads: readonly string[];
  sel?: string;
  choose: (sel: string | undefined) => void;
}

/** What is selected, in numbers: all that the file holds of it. */
export function What(props: Props) {
  const { sel, choose } = props;
  if (!sel) return <All {...props} />;
  return (
    <>
      <div class="crumbs">
        <button onClick={() => choose(undefined)}>‹ Overview</button>
      </div>
      {sel.includes('>') ? <Connection {...props} sel={sel} /> : sel.startsWith('M') ? <Mlp {...props} sel={sel} /> : <State {...props} sel={sel} />}
    </>
  );
}

type Selected = Props & { sel: string };

/** Nothing selected: what is predicted, where it came from, what to click first. */
function All({ held, reads, choose }: Props) {
  const { known, route } = held;
  const only = route.routes[0]!;
  const sources = [...only.source_flow].sort((a, b) => b[1] - a[1]).filter(([, flow]) => flow >= 0.001).slice(0, 8);
  return (
    <>
      <h2>
        Position {known.position} <bdi dir="ltr">{quoted(reads[known.position]!)}</bdi>
      </h2>
      <p class="hint-text">Point at a band or a state; click it, or walk with the arrow keys and press Enter, for its numbers.</p>
      <Titled title="Source tokens" side="share" name="Source tokens">
        {sources.map(([p, flow]) => (
          <li key={p}>
            <button class="row" onClick={() => choose(`X0_${p}`)}>
              <RowInside what={<Token p={p} reads={reads} />} part={flow} figure={percent(flow)} />
            </button>
          </li>
        ))}
      </Titled>
      <Titled title="Largest steps between tokens" name="Largest steps between tokens">
        {known.links.slice(0, 8).map((sel) => (
          <li key={sel}>
            <button class="row plain" onClick={() => choose(sel)}>
              <span class="t">
                <bdi dir="ltr">{edgeName(sel, reads)}</bdi>
              </span>{' '}
              <span class="n">{percent(connectionOf(only, sel)?.amount ?? 0)}</span>
            </button>
          </li>
        ))}
      </Titled>
    </>
  );
}

function Connection({ held, reads, sel, choose }: Selected) {
  const edge = parseEdge(sel)!;
  const { layer } = edge.to;
  const found = connectionOf(held.route.routes[0]!, sel);
  const read = held.known.readings.connections.find((c) => c.id === sel);
  return (
    <>
      <h2>
        <bdi dir="ltr">{edgeName(sel, reads)}</bdi>
      </h2>
      <p class="big">
        {percent(found?.amount ?? 0)}
        <small>of the last state passes</small>
      </p>
      <Titled title="Heads" side="share" name="Heads of this connection">
        {found?.heads.map(({ head, amount }) => (
          <li class="row" key={head}>
            <RowInside what={`Head ${layer}.${head}`} part={amount / found.amount} figure={percent(amount)} hue="attention" />
          </li>
        ))}
      </Titled>
      {read ? <PromotedSuppressed by={`head ${layer}.${read.head}`} update={read} /> : <NotHeld what="which tokens its heads promote" />}
      <div class="crumbs">
        {edge.ids.map((id, i) => (
          <button key={id} onClick={() => choose(id)}>
            {i === 0 ? 'State below' : 'State above'}
          </button>
        ))}
      </div>
    </>
  );
}

function Mlp({ held, reads, sel }: Selected) {
  const { layer, position } = parseNode(sel);
  const read = held.known.readings.mlps.find((m) => m.id === sel);
  return (
    <>
      <h2>
        MLP of layer {layer}, position {position} <bdi dir="ltr">{quoted(reads[position]!)}</bdi>
      </h2>
      <p class="big">
        {percent(flowOf(held.route.routes[0]!, sel))}
        <small>of the last state passes through it</small>
      </p>
      {read ? (
        <>
          <Titled title="Top neurons" side="contribution" name="Top neurons">
            {read.neurons.map((n) => (
              <li class="row four" key={neuronName(n)}>
                <span class="n second">{neuronMark(n)}</span>
                <span class="track">
                  <i class="mlp" style={{ width: `${(100 * n.contribution) / (read.neurons[0]!.contribution || 1)}%` }} />
                </span>
                <span class="n">{percent(n.contribution)}</span>
                <span class="n second" title="activation">
                  {signed(n.activation)}
                </span>
              </li>
            ))}
          </Titled>
          <PromotedSuppressed by={`the MLP of layer ${layer}`} update={read} />
        </>
      ) : (
        <NotHeld what="its neurons" />
      )}
    </>
  );
}

function State({ held, reads, sel, choose }: Selected) {
  const route = held.route.routes[0]!;
  const { kind, layer, position } = parseNode(sel);
  const shape = shapeOf(held);
  const title = kind === 'X' ? 'token' : afterWhat(layer, kind === 'A' ? 'A' : 'I', shape);
  const read = held.known.readings.states.find((s) => s.id === sel);
  return (
    <>
      <h2>
        {capital(title)}, position {position} <bdi dir="ltr">{quoted(reads[position]!)}</bdi>
      </h2>
      <p class="big">
        {percent(flowOf(route, sel))}
        <small>{kind === 'X' ? 'of the last state came from here' : 'of the last state passes through'}</small>
      </p>
      {kind !== 'X' && (
        <>
          {read ? (
            <Titled title="Top tokens of this state" name="Top tokens of this state">
              {read.top.map((t) => (
                <li class="row" key={t.id}>
                  <RowInside what={<bdi dir="ltr">{quoted(reading(t.text, t.id))}</bdi>} part={t.probability} figure={percent(t.probability)} />
                </li>
              ))}
            </Titled>
          ) : (
            <NotHeld what="what it would predict" />
          )}
          <Titled title="Made of" side={held.known.mode} name="Made of">
            {partsOf(route, sel).map((part) => (
              <li key={`${part.from} ${part.kind}`}>
                <button class="row" aria-label={`${kindWord(part.kind)}, ${stateName(part.from, shape)}, ${percent(part.weight)}`} onClick={() => choose(part.kind === 'attention' ? `${part.from}>${sel}` : part.from)}>
                  <RowInside
                    what={part.kind === 'attention' ? <Token p={parseNode(part.from).position} reads={reads} /> : kindWord(part.kind)}
                    part={part.weight}
                    figure={percent(part.weight)}
                    hue={part.kind === 'attention' ? 'attention' : part.kind === 'mlp_out' ? 'mlp' : 'residual'}
                  />
                </button>
              </li>
            ))}
          </Titled>
        </>
      )}
    </>
  );
}

function Token({ p, reads }: { p: number; reads: readonly string[] }) {
  return (
    <>
      <Lay n={p} /> <bdi dir="ltr">{quoted(reads[p]!)}</bdi>
    </>
  );
}

/** The file holds readings of the strongest parts alone. */
function NotHeld({ what }: { what: string }) {
  return <p class="hint-text">This file does not hold {what}: it is one of the weaker parts. limpid serve shows it.</p>;
}
