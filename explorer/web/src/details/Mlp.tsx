import { path } from '../api/client';
import type { NeuronsDocument, UpdateDocument } from '../api/types';
import { parseNode, stateAfter } from '../graph/ids';
import { Term } from '../shell/Term';
import { useDocument, useExplorer } from '../state/hooks';
import { updateNorm, type Shown } from '../state/store';
import { percent, signed } from '../text/numbers';
import { quoted } from '../text/tokens';
import { Acts } from './Acts';
import { Crumbs } from './Crumbs';
import { Listbox } from './Listbox';
import { Beside, Loading, PromotedSuppressed, useFew } from './parts';

const NEURONS = 8;

/** An MLP at a position: which neurons wrote, and which tokens they raise and lower. */
export function Mlp({ shown, sel }: { shown: Shown; sel: string }) {
  const { explorer } = useExplorer();
  const { trace, address, reads } = shown;
  const { layer, position } = parseNode(sel);
  const I = `api/traces/${trace.id}`;
  const norm = updateNorm(address);
  const neurons = useDocument<NeuronsDocument>(path(`${I}/neurons`, { layer, position })).data;
  const block = useDocument<UpdateDocument>(path(`${I}/update`, { component: 'mlp', layer, position, norm })).data;
  const [few, more] = useFew(neurons?.neurons ?? [], NEURONS, 'neurons');
  const list = [...few];
  const chosen = neurons?.neurons.find((n) => n.neuron === address.n);
  if (chosen && !list.includes(chosen)) list.push(chosen);
  const name = `the MLP of layer ${layer}`;
  const share = (shown.relevance ?? shown.route).routes[0]!.nodes.find((n) => n.id === sel)?.flow;
  return (
    <>
      <Crumbs layers={trace.model.n_layers} above={stateAfter(sel, trace.model.n_layers)!} below={sel.replace('M', 'A')} />
      <h2>
        <Term of="MLP" /> of layer {layer} at <bdi dir="ltr">{quoted(reads[position]!)}</bdi>
      </h2>
      {share !== undefined && !shown.contrast && (
        <p class="big">
          {percent(share)}
          <small>{shown.relevance ? 'of the answer was written here' : 'of the last state was written here'}</small>
        </p>
      )}
      <h3>
        <span>Neurons</span>
        <Beside>contribution · activation</Beside>
      </h3>
      {neurons ? (
        <Listbox
          name="Top neurons"
          items={list}
          chosen={list.findIndex((n) => n.neuron === address.n)}
          label={(n) => `Neuron ${n.neuron}, contribution ${percent(n.contribution)}, activation ${signed(n.activation)}`}
          choose={(i) => explorer.go({ n: list[i]!.neuron })}
        >
          {(n) => (
            <>
              <span>{n.neuron}</span>
              <span class="track">
                <i class="mlp" style={{ width: `${(100 * n.contribution) / Math.max(1e-9, list[0]!.contribution)}%` }} />
              </span>
              <span class="n">{percent(n.contribution)}</span>
              <span class={`n ${n.activation >= 0 ? 'towards' : 'away'}`}>{signed(n.activation)}</span>
            </>
          )}
        </Listbox>
      ) : (
        <Loading rows={NEURONS} />
      )}
      {more}
      {chosen && <PromotedSuppressed by={`neuron ${chosen.neuron}`} update={chosen} />}
      {chosen && <h3>The whole block</h3>}
      <PromotedSuppressed by={name} update={block} />
      <Acts
        silence={[
          ['Silence the MLP', { site: 'mlp_out', layer, position }],
          ...(chosen
            ? [[`Silence neuron ${chosen.neuron}`, { site: 'neuron_post', layer, neuron: chosen.neuron, position }] as [string, { site: string; layer: number; neuron: number; position: number }]]
            : []),
        ]}
        places={[chosen ? [`neuron ${chosen.neuron}`, { site: 'neuron_post', layer, neuron: chosen.neuron, position }] : [name, { site: 'mlp_out', layer, position }]]}
      />
    </>
  );
}
