import type { ModelFacts } from '../api/types';

/** One change of the model's run, as an interventions file has it. */
export interface Change {
  site: string;
  layer: number;
  head?: number;
  neuron?: number;
  expert?: number;
  position?: number;
  key?: number;
  do: 'zero' | 'scale' | 'patch';
  factor?: number;
}

const ONE = /^([a-z_]+)\.(\d+)(?:\.(\d+|\*))?(?:@(\d+)(?::(\d+))?)?(?:=(patch|\d*\.?\d+))?$/;
const SITES = new Set(['resid_pre', 'resid_mid', 'resid_post', 'attn_out', 'mlp_out', 'head_out', 'attention', 'neuron_post', 'expert_out', 'shared_out']);
const PART: Record<string, 'neuron' | 'expert'> = { neuron_post: 'neuron', expert_out: 'expert' };

/** Reads the changes of an address: head_out.2.0@14;mlp_out.1@3=0.5;attention.2.*@14:2=patch. Nonsense is dropped. */
export function parseChanges(text: string | undefined): Change[] {
  return (text ?? '').split(';').flatMap((one) => {
    const m = ONE.exec(one);
    if (!m || !SITES.has(m[1]!)) return [];
    const change: Change = { site: m[1]!, layer: Number(m[2]), do: 'zero' };
    if (m[3] !== undefined && m[3] !== '*') change[PART[m[1]!] ?? 'head'] = Number(m[3]);
    if (m[4] !== undefined) change.position = Number(m[4]);
    if (m[5] !== undefined) change.key = Number(m[5]);
    if (m[6] === 'patch') change.do = 'patch';
    else if (m[6] !== undefined) {
      change.do = 'scale';
      change.factor = Number(m[6]);
    }
    return [change];
  });
}

/** What a model and a text have: changes elsewhere are nonsense. */
export interface Extent {
  layers: number;
  heads: number;
  neurons: number;
  /** Those of the layers that have them. */
  experts: ModelFacts['experts'];
  tokens: number;
}

/** Whether a change is of something that is there. */
export function isPossible(c: Change, extent: Extent, source: string | undefined): boolean {
  const below = (n: number | undefined, end: number) => n === undefined || n < end;
  return (
    below(c.layer, extent.layers) &&
    below(c.head, extent.heads) &&
    below(c.neuron, extent.neurons) &&
    hasExperts(c, extent.experts) &&
    below(c.position, extent.tokens) &&
    (c.key === undefined || c.key <= c.position!) &&
    (c.site === 'attention') === (c.key !== undefined) &&
    (c.site === 'neuron_post') === (c.neuron !== undefined) &&
    (c.site === 'expert_out') === (c.expert !== undefined) &&
    (c.head === undefined || c.site === 'head_out' || c.site === 'attention') &&
    (c.do !== 'patch' || source !== undefined)
  );
}

/** Whether the layer of a change has the experts, or the MLP, that it is of. */
function hasExperts(c: Change, experts: Extent['experts']): boolean {
  const there = experts !== null && experts.layers.includes(c.layer);
  if (c.site === 'neuron_post') return !there;
  if (c.site === 'expert_out') return there && c.expert! < experts.count;
  return c.site !== 'shared_out' || (there && experts.d_shared !== null);
}

/** Writes changes as an address has them; nothing for none. */
export function formatChanges(changes: readonly Change[]): string | undefined {
  if (changes.length === 0) return undefined;
  return changes.map(formatChange).join(';');
}

function formatChange(c: Change): string {
  const index = c.head ?? c.neuron ?? c.expert;
  const inner = index !== undefined ? `.${index}` : c.site === 'attention' ? '.*' : '';
  const at = c.position === undefined ? '' : `@${c.position}${c.key === undefined ? '' : `:${c.key}`}`;
  const how = c.do === 'zero' ? '' : c.do === 'patch' ? '=patch' : `=${c.factor}`;
  return `${c.site}.${c.layer}${inner}${at}${how}`;
}

/** A change in words: Head 2.0 silenced. */
export function changeName(c: Change): string {
  const at = c.position === undefined ? '' : ` at ${c.position}`;
  const what: Record<string, string> = {
    head_out: `Head ${c.layer}.${c.head ?? 'all'}${at}`,
    attention: `Connection ${c.key} to ${c.position} in layer ${c.layer}${c.head === undefined ? '' : `, head ${c.head}`}`,
    mlp_out: `MLP ${c.layer}${at}`,
    attn_out: `Attention ${c.layer}${at}`,
    neuron_post: `Neuron ${c.layer}.${c.neuron}${at}`,
    expert_out: `Expert ${c.layer}.${c.expert}${at}`,
    shared_out: `Shared expert of layer ${c.layer}${at}`,
    resid_pre: `State before layer ${c.layer}${at}`,
    resid_mid: `State after attention ${c.layer}${at}`,
    resid_post: `State after layer ${c.layer}${at}`,
  };
  const how = c.do === 'zero' ? 'silenced' : c.do === 'scale' ? `× ${c.factor}` : 'patched';
  return `${what[c.site]} ${how}`;
}
