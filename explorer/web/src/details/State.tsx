import { path } from '../api/client';
import type { LensDocument, PartsDocument, UpdateDocument } from '../api/types';
import { parseNode, shapeOf, stateBefore } from '../graph/ids';
import { Term } from '../shell/Term';
import { useDocument, useExplorer } from '../state/hooks';
import { lensNorm, updateNorm, type Shown } from '../state/store';
import { afterWhat, capital } from '../text/names';
import { percent } from '../text/numbers';
import { quoted, reading } from '../text/tokens';
import { Acts } from './Acts';
import { Crumbs } from './Crumbs';
import { Beside, Loading, PromotedSuppressed, RowInside, Titled, Words } from './parts';

/** How the lens names the state of a node. */
function lensOf(id: string): { layer: number; states: 'resid_pre' | 'resid_mid' | 'resid_post' } {
  const { kind, layer } = parseNode(id);
  if (kind === 'X') return { layer: 0, states: 'resid_pre' };
  return { layer, states: kind === 'A' ? 'resid_mid' : 'resid_post' };
}

/** A state, or a token: what it would predict, what it is made of, what the last blocks wrote. */
export function StateDetails({ shown, sel }: { shown: Shown; sel: string }) {
  const { state } = useExplorer();
  const { trace, reads } = shown;
  const { kind, layer, position } = parseNode(sel);
  const I = `api/traces/${trace.id}`;
  const norm = lensNorm(shown.address);
  const lens = useDocument<LensDocument>(path(`${I}/lens`, { positions: position, ...lensOf(sel), norm })).data?.states[0];
  const shape = shapeOf(trace);
  const before = stateBefore(sel, shape);
  const most = state.status?.limits.max_top ?? 100;
  const was = useDocument<LensDocument>(
    before && path(`${I}/lens`, { positions: position, ...lensOf(before), top: most, norm }),
  ).data?.states[0];
  const rank = (id: number) => {
    if (!was) return '';
    const there = was.top.find((t) => t.id === id);
    return there ? `rank ${there.rank} before` : `rank over ${most} before`;
  };
  const document = shown.relevance ?? shown.route;
  const share = document.routes[0]!.nodes.find((n) => n.id === sel)?.flow;
  const title = kind === 'X' ? 'token' : afterWhat(layer, kind === 'A' ? 'A' : 'I', shape);
  const site = lensOf(sel).states;
  return (
    <>
      <Crumbs shape={shape} of={sel} />
      <h2>
        <Words of={`${capital(title)}, position ${position} ${quoted(reads[position]!)}`} />
      </h2>
      {!shown.contrast && (
        <p class="big">
          {percent(share ?? 0)}
          <small>
            {kind === 'X' ? 'of the last state came from here' : shown.relevance ? 'of the answer passes through' : 'of the last state passes through'}
          </small>
        </p>
      )}
      <Titled title="Top tokens of this state" side={lens && `entropy ${lens.entropy.toFixed(2)} nats`} name="Top tokens of this state">
        {lens ? (
          lens.top.slice(0, 5).map((t) => (
            <li class="row ranked" key={t.id}>
              <RowInside what={<bdi dir="ltr">{quoted(reading(t.text, t.id))}</bdi>} part={t.probability} figure={percent(t.probability)} />{' '}
              <span class="rank">{rank(t.id)}</span>
            </li>
          ))
        ) : (
          <Loading rows={5} />
        )}
      </Titled>
      {kind !== 'X' && <MadeOf shown={shown} sel={sel} />}
      {kind === 'A' && <Wrote shown={shown} sel={sel} component="attention" />}
      {kind === 'I' && !shape.between && <Wrote shown={shown} sel={sel} component="attention" />}
      {kind === 'I' && <Wrote shown={shown} sel={sel} component="mlp" />}
      <Acts silence={[['Silence this state', { site, layer, position }]]} places={[['this state', { site, layer, position }]]} />
    </>
  );
}

/** What a block wrote to a state, as tokens. */
function Wrote({ shown, sel, component }: { shown: Shown; sel: string; component: 'attention' | 'mlp' }) {
  const { layer, position } = parseNode(sel);
  const I = `api/traces/${shown.trace.id}`;
  const update = useDocument<UpdateDocument>(
    path(`${I}/update`, { component, layer, position, norm: updateNorm(shown.address) }),
  ).data;
  const block = component === 'attention' ? 'attention' : 'the MLP';
  return (
    <>
      <h3>
        What {block} of layer {layer} wrote
      </h3>
      <PromotedSuppressed by={`${block} of layer ${layer}`} update={update} />
    </>
  );
}

/** The parts of a state; what is below the threshold is one of them, so that they add up to 100 %. */
function MadeOf({ shown, sel }: { shown: Shown; sel: string }) {
  const { trace, threshold, address, reads } = shown;
  const parts = useDocument<PartsDocument>(
    path(`api/traces/${trace.id}/parts`, { node: sel, threshold, mode: address.mode }),
  ).data;
  if (!parts) {
    return (
      <Titled title="Made of" name="Made of">
        <Loading rows={3} />
      </Titled>
    );
  }
  type Hue = 'residual' | 'attention' | 'mlp' | 'shade';
  const rest = address.mode === 'raw' ? 'Below the threshold, lost' : 'Below the threshold, shared out';
  const items: [string, number, Hue][] = [
    ['Residual', parts.residual.kept, 'residual'],
    ...parts.keys
      .filter((k) => k.kept > 0)
      .sort((a, b) => b.kept - a.kept)
      .map((k): [string, number, Hue] => [`${quoted(reads[k.key]!)} (${k.key})`, k.kept, 'attention']),
    ...(parts.mlp ? [['MLP', parts.mlp.kept, 'mlp'] as [string, number, Hue]] : []),
    ...(parts.bias > 0 ? [['Bias', parts.bias, 'shade'] as [string, number, Hue]] : []),
    ...(parts.below > 0 ? [[rest, parts.below, 'shade'] as [string, number, Hue]] : []),
  ];
  return (
    <>
      <h3>
        <span>Made of</span>
        <Beside>
          <Term of="contribution">contribution</Term>
        </Beside>
      </h3>
      <div class="made" aria-hidden="true">
        {items.map(([name, value, hue]) => (
          <i key={name} class={hue} style={{ width: `${100 * value}%` }} />
        ))}
      </div>
      <ul aria-label="Made of">
        {items
          .filter(([, value]) => value > 0)
          .map(([name, value, hue]) => (
            <li class="row made-of" key={name}>
              <RowInside what={<bdi dir="ltr">{name}</bdi>} part={value} figure={percent(value)} hue={hue} />
            </li>
          ))}
      </ul>
    </>
  );
}
