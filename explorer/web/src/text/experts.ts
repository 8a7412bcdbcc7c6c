import type { ExpertName } from '../api/types';

/** An expert in words. */
export function expertName(expert: ExpertName): string {
  return expert === 'shared' ? 'the shared expert' : `expert ${expert}`;
}

/** The same where there is little room: 3.17, s.17. */
export function neuronMark({ expert, neuron }: { expert?: ExpertName; neuron: number }): string {
  return neuronName({ expert, neuron }).replace('shared', 's');
}

/** A neuron's number; of an expert, that of the expert comes first: 3.17. */
export function neuronName({ expert, neuron }: { expert?: ExpertName; neuron: number }): string {
  return expert === undefined ? `${neuron}` : `${expert}.${neuron}`;
}
