import { path } from '../api/client';
import type { Expert, Neuron, NeuronsDocument, UpdateDocument } from '../api/types';
import { parseNode, shapeOf, stateAfter, stateBefore } from '../graph/ids';
import { Term } from '../shell/Term';
import { useDocument, useExplorer } from '../state/hooks';
import { updateNorm, type Shown } from '../state/store';
import { expertName, neuronMark, neuronName } from '../text/experts';
import { percent, signed } from '../text/numbers';
import { quoted } from '../text/tokens';
import { Acts, type Place } from './Acts';
import { Crumbs } from './Crumbs';
import { Experts } from './Experts';
import { Listbox } from './Listbox';
import { Beside, Loading, PromotedSuppressed, useFew } from './parts';

const NEURONS = 8;

/** What can be changed of the block: the expert that is chosen, or the neuron of an MLP. */
function partOf(neuron: Neuron | undefined, expert: Expert | undefined, at: { layer: number; position: number }): [string, Place] | undefined {
  if (neuron && neuron.expert === undefined) return [`neuron ${neuron.neuron}`, { site: 'neuron_post', neuron: neuron.neuron, ...at }];
  if (!expert) return undefined;
  const name = expertName(expert.expert);
  return expert.expert === 'shared' ? [name, { site: 'shared_out', ...at }] : [name, { site: 'expert_out', expert: expert.expert, ...at }];
}

/** An MLP at a position: which experts, which neurons wrote, and which tokens they raise and lower. */
export function Mlp({ shown, sel }: { shown: Shown; sel: string }) {
  const { explorer } = useExplorer();
  const { trace, address, reads } = shown;
  const { layer, position } = parseNode(sel);
  const shape = shapeOf(trace);
  const I = `api/traces/${trace.id}`;
  const norm = updateNorm(address);
  const neurons = useDocument<NeuronsDocument>(path(`${I}/neurons`, { layer, position })).data;
  const block = useDocument<UpdateDocument>(path(`${I}/update`, { component: 'mlp', layer, position, norm })).data;
  const [few, more] = useFew(neurons?.neurons ?? [], NEURONS, 'neurons');
  const list = [...few];
  const isChosen = (n: Neuron) => n.neuron === address.n && n.expert === address.e;
  const chosen = neurons?.neurons.find(isChosen);
  const expert = address.n === undefined ? neurons?.experts?.written.find((e) => e.expert === address.e) : undefined;
  if (chosen && !list.includes(chosen)) list.push(chosen);
  const name = `the MLP of layer ${layer}`;
  const whole: Place = { site: 'mlp_out', layer, position };
  const part = partOf(chosen, expert, { layer, position });
  const share = (shown.relevance ?? shown.route).routes[0]!.nodes.find((n) => n.id === sel)?.flow;
  return (
    <>
      <Crumbs shape={shape} above={stateAfter(sel, shape)!} below={stateBefore(sel, shape)!} />
      <h2>
        <Term of="MLP" /> of layer {layer} at <bdi dir="ltr">{quoted(reads[position]!)}</bdi>
      </h2>
      {share !== undefined && !shown.contrast && (
        <p class="big">
          {percent(share)}
          <small>{shown.relevance ? 'of the answer was written here' : 'of the last state was written here'}</small>
        </p>
      )}
      {neurons?.experts && (
        <Experts experts={neurons.experts} chosen={expert} choose={(e) => explorer.go({ e: e.expert, n: undefined })} />
      )}
      {expert && <PromotedSuppressed by={expertName(expert.expert)} update={expert} />}
      <h3>
        <span>Neurons{neurons?.experts && ' of these experts'}</span>
        <Beside>contribution · activation</Beside>
      </h3>
      {neurons ? (
        <Listbox
          name="Top neurons"
          items={list}
          chosen={list.findIndex(isChosen)}
          label={(n) => `Neuron ${neuronName(n)}, contribution ${percent(n.contribution)}, activation ${signed(n.activation)}`}
          choose={(i) => explorer.go({ n: list[i]!.neuron, e: list[i]!.expert })}
        >
          {(n) => (
            <>
              <span>{neuronMark(n)}</span>
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
      {chosen && <PromotedSuppressed by={`neuron ${neuronName(chosen)}`} update={chosen} />}
      {(chosen || expert) && <h3>The whole block</h3>}
      <PromotedSuppressed by={name} update={block} />
      <Acts
        silence={[['Silence the MLP', whole], ...(part ? [[`Silence ${part[0]}`, part[1]] as [string, Place]] : [])]}
        places={[part ?? [name, whole]]}
      />
    </>
  );
}
