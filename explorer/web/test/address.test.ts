import { describe, expect, it } from 'vitest';
import type { Status } from '../src/api/types';
import { changed, formatAddress, hasSecond, isNewEntry, parseAddress, secondOf, type Address } from '../src/state/address';
import { changeName, formatChanges, isPossible, parseChanges } from '../src/state/changes';
import { estimate, isMuch, words } from '../src/state/estimate';

const STATUS = {
  default_model: 'demo-gpt2',
  models: [
    { name: 'demo-gpt2', n_layers: 4, n_heads: 8, examples: ['When Mary and John'] },
    { name: 'demo-llama', n_layers: 4, n_heads: 8, examples: ['Once upon'] },
  ],
  limits: { finest_threshold: 0.005 },
} as unknown as Status;

const parse = (fragment: string) => parseAddress(fragment, STATUS);

describe('an address', () => {
  it('opens on the first example of the default model', () => {
    expect(parse('')).toEqual({ m: 'demo-gpt2', p: 'When Mary and John', v: 'route' });
  });

  it('is the same after writing and reading', () => {
    const full: Address = {
      m: 'demo-llama',
      p: 'a + b & “c”\n=?#',
      t: 3,
      tau: 0.02,
      mode: 'raw',
      sel: 'I1_2>A2_14',
      h: 7,
      a: ' Mary',
      b: '#411',
      by: 'relevance',
      v: 'lens',
      q: 'other',
      qm: 'demo-gpt2',
      qtau: 0.1,
      c: 'head_out.2.0',
      src: 'source',
    };
    expect(parse(formatAddress(full))).toEqual(full);
    const tokens: Address = { m: 'demo-gpt2', p: '', ids: [0, 412, 7], v: 'route' };
    expect(parse(formatAddress(tokens))).toEqual(tokens);
  });

  it('leaves defaults out, but not the model and the text', () => {
    expect(formatAddress(parse(''))).toBe('#m=demo-gpt2&p=When+Mary+and+John');
  });

  it('reads + as a blank', () => {
    expect(parse('#m=demo-gpt2&p=a+b%2B').p).toBe('a b+');
  });

  it('drops nonsense', () => {
    const nonsense = '#m=none&t=-1&tau=NaN&mode=odd&sel=Q1&h=2&a=x&b=x&v=nothing&ids=1,b&qm=none&by=relevance';
    expect(parse(nonsense)).toEqual(parse(''));
    expect(parse('#tau=0.001').tau).toBeUndefined();
    expect(parse('#tau=1').tau).toBeUndefined();
    expect(parse('#sel=I1_2>A2_14&h=99').h).toBeUndefined();
    expect(parse('#a=zzzz+zzzz&b=+John')).toEqual(parse(''));
    expect(parse('#a=+Mary&b=two+words')).toMatchObject({ a: ' Mary' });
    expect(parse('#sel=A1_2&of=second').of).toBeUndefined();
  });
});

describe('going on', () => {
  const at: Address = { m: 'demo-gpt2', p: 'a', t: 1, tau: 0.1, mode: 'raw', sel: 'A1_1', a: 'x', b: 'y', v: 'lens' };

  it('forgets with a new text what belonged to the old one; threshold, mode and view stay', () => {
    expect(changed(at, { p: 'b' })).toEqual({ m: 'demo-gpt2', p: 'b', tau: 0.1, mode: 'raw', v: 'lens' });
  });

  it('forgets the contrast at another target, and head and neuron at another selection', () => {
    expect(changed(at, { t: 0 })).not.toHaveProperty('a');
    expect(changed({ ...at, h: 1, n: 2 }, { sel: 'A0_0' })).not.toHaveProperty('h');
    expect(changed({ ...at, by: 'relevance' }, { a: undefined })).not.toHaveProperty('by');
  });

  it('makes entries of the history for text, target, selection, view and contrast alone', () => {
    for (const change of [{ p: 'b' }, { t: 0 }, { sel: 'A0_0' }, { v: 'heads' as const }, { a: 'z' }]) {
      expect(isNewEntry(at, changed(at, change))).toBe(true);
    }
    for (const change of [{ tau: 0.02 }, { mode: undefined }, { h: 3 }, { n: 3 }]) {
      expect(isNewEntry(at, changed(at, change))).toBe(false);
    }
  });
});

describe('two routes beside each other', () => {
  const two: Address = { m: 'demo-gpt2', p: 'a', t: 1, v: 'compare', q: 'b', qm: 'demo-llama', qtau: 0.1, mode: 'raw', sel: 'A1_1', of: 'second', h: 2 };

  it('say what the second is of, and the selection where it is there', () => {
    expect(parse(formatAddress(two))).toEqual(two);
    expect(secondOf(two, 0.04)).toEqual({ m: 'demo-llama', p: 'b', v: 'compare', tau: 0.1, mode: 'raw', sel: 'A1_1', h: 2 });
    expect(secondOf({ m: 'm', p: 'a', t: 1, v: 'compare', qtau: 0.1, sel: 'A1_1' }, 0.04)).toEqual({ m: 'm', p: 'a', t: 1, v: 'compare', tau: 0.1 });
    expect(hasSecond(two)).toBe(true);
    expect(hasSecond({ ...two, v: 'lens' })).toBe(false);
  });

  it('lose a selection in the second with the second', () => {
    for (const change of [{ v: 'route' as const }, { q: 'c' }, { p: 'c' }, { t: 0 }]) {
      expect(changed(two, change)).not.toHaveProperty('sel');
      expect(changed(two, change)).not.toHaveProperty('of');
    }
    expect(changed(two, { sel: undefined })).not.toHaveProperty('of');
    expect(changed(two, { h: 3 })).toMatchObject({ sel: 'A1_1', of: 'second', h: 3 });
  });
});

describe('an expert in an address', () => {
  const at = (rest: string) => parse(`m=demo-gpt2&p=a&${rest}`);

  it('goes with the selection, alone or with its neuron', () => {
    expect(at('sel=M1_2&e=3')).toMatchObject({ sel: 'M1_2', e: 3 });
    expect(at('sel=M1_2&e=shared&n=7')).toMatchObject({ e: 'shared', n: 7 });
    expect(formatAddress(at('sel=M1_2&e=shared&n=7'))).toContain('n=7&e=shared');
    expect(changed(at('sel=M1_2&e=3'), { sel: 'M2_2' })).not.toHaveProperty('e');
  });

  it('is dropped where it is nonsense', () => {
    for (const bad of ['e=3', 'sel=M1_2&e=-1', 'sel=M1_2&e=all']) expect(at(bad), bad).not.toHaveProperty('e');
  });
});

describe('an estimate', () => {
  const small = { n_layers: 4, d_model: 128 };
  const real = { n_layers: 30, d_model: 576 };

  it('asks for what takes long or much memory, and for nothing else', () => {
    expect(isMuch(estimate(small, { p: 'x'.repeat(20_000) }))).toBe(false);
    expect(isMuch(estimate(real, { p: 'x'.repeat(400) }))).toBe(false);
    expect(isMuch(estimate(real, { p: 'x'.repeat(8000) }))).toBe(true);
    expect(isMuch(estimate({ n_layers: 200, d_model: 2000 }, { p: '', ids: new Array(600).fill(1) }))).toBe(true);
  });

  it('says tokens, time and memory', () => {
    expect(words(estimate(real, { p: 'x'.repeat(8000) }))).toMatch(/^About 2,000 tokens: some \d+ s and 0\.6 GB\. Run it\?$/);
  });
});

describe('changes in an address', () => {
  it('are the same after writing and reading', () => {
    const text = 'head_out.2.0;head_out.2.1@14=0.5;attention.2.*@14:2;neuron_post.1.17@3;resid_post.1@3=patch;mlp_out.0';
    expect(formatChanges(parseChanges(text))).toBe(text);
    expect(parseChanges(text)[2]).toEqual({ site: 'attention', layer: 2, position: 14, key: 2, do: 'zero' });
  });

  it('name what they change', () => {
    expect(parseChanges('expert_out.2.4@14;shared_out.0@3=patch').map(changeName)).toEqual([
      'Expert 2.4 at 14 silenced',
      'Shared expert of layer 0 at 3 patched',
    ]);
  });

  it('drop nonsense', () => {
    expect(parseChanges('rm -rf;head_out;nothing.1;head_out.2.0')).toHaveLength(1);
    expect(formatChanges([])).toBeUndefined();
  });

  it('are possible where the model and the text have what they name', () => {
    const extent = { layers: 4, heads: 8, neurons: 512, experts: null, tokens: 15 };
    const possible = (text: string, source?: string) => isPossible(parseChanges(text)[0]!, extent, source);
    for (const good of ['head_out.3.7', 'head_out.3.7@14', 'attention.2.*@14:14', 'neuron_post.0.511@0', 'mlp_out.0=0.5']) {
      expect(possible(good), good).toBe(true);
    }
    for (const bad of ['head_out.4.0', 'head_out.0.8', 'mlp_out.1@15', 'attention.2.0@3:4', 'attention.2', 'neuron_post.1', 'neuron_post.1.512', 'mlp_out.1.2', 'mlp_out.1=patch']) {
      expect(possible(bad), bad).toBe(false);
    }
    expect(possible('mlp_out.1=patch', 'another text')).toBe(true);
  });

  it('are of experts where a layer has them', () => {
    const extent = { layers: 3, heads: 8, neurons: 512, experts: { count: 5, d_shared: null, layers: [0, 2] }, tokens: 15 };
    const possible = (text: string, shared: number | null = null) =>
      isPossible(parseChanges(text)[0]!, { ...extent, experts: { ...extent.experts, d_shared: shared } }, undefined);
    const text = 'expert_out.2.4@14=0.5;shared_out.0@3';
    expect(formatChanges(parseChanges(text))).toBe(text);
    expect(parseChanges(text)[0]).toEqual({ site: 'expert_out', layer: 2, expert: 4, position: 14, do: 'scale', factor: 0.5 });
    for (const good of ['expert_out.0.4', 'expert_out.2.0@14', 'neuron_post.1.3', 'mlp_out.0']) {
      expect(possible(good), good).toBe(true);
    }
    for (const bad of ['expert_out.1.0', 'expert_out.0.5', 'expert_out.0', 'shared_out.0', 'neuron_post.0.3', 'mlp_out.1.2', 'shared_out.1.2']) {
      expect(possible(bad), bad).toBe(false);
    }
    expect(possible('shared_out.2@1', 7)).toBe(true);
    expect(possible('shared_out.1', 7)).toBe(false);
  });
});
