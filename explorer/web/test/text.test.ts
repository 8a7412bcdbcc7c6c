import { describe, expect, it } from 'vitest';
import type { Token } from '../src/api/types';
import { parseEvent, readEvents } from '../src/api/events';
import { common } from '../src/state/fitting';
import { count, percent, signed } from '../src/text/numbers';
import { label, quoted, reading, readings, visible, wordsBefore } from '../src/text/tokens';

const tokens = (...texts: string[]): Token[] => texts.map((text, position) => ({ position, id: position, text, piece: text }));

describe('numbers', () => {
  it('are percentages with one decimal, a blank, and a word for next to nothing', () => {
    expect(percent(0.482966)).toBe('48.3 %');
    expect(percent(0)).toBe('0.0 %');
    expect(percent(0.0004)).toBe('<0.1 %');
    expect(percent(0.0005)).toBe('0.1 %');
    expect(percent(1)).toBe('100.0 %');
    expect(percent(-0.003)).toBe('−0.3 %');
  });

  it('carry their sign', () => {
    expect(signed(9.98)).toBe('+9.98');
    expect(signed(-1.3)).toBe('−1.30');
    expect(signed(-0.001)).toBe('+0.00');
  });

  it('count in words', () => {
    expect(count(1204, 'edge')).toBe('1,204 edges');
    expect(count(1, 'node')).toBe('1 node');
  });
});

describe('tokens', () => {
  it('read as themselves, the start by its name', () => {
    expect(readings(tokens('<|endoftext|>', 'When', ' Mary'))).toEqual(['⟨start⟩', 'When', ' Mary']);
  });

  it('show the character that their bytes make over all of its columns', () => {
    expect(readings(tokens('a', '<0xE4>', '<0xBD>', '<0xA0>', 'b'))).toEqual(['a', '你', '你', '你', 'b']);
    expect(readings(tokens('<0xE4><0xBD>', '<0xA0>'))).toEqual(['你', '你']);
    expect(readings(tokens('<0xF0>', '<0x9F>', '<0x98>', '<0x80>'))).toEqual(['😀', '😀', '😀', '😀']);
  });

  it('name bytes that make none', () => {
    expect(readings(tokens('<0xE4>', 'x'))).toEqual(['byte E4', 'x']);
    expect(readings(tokens('x', '<0xE4>'))).toEqual(['x', 'byte E4']);
    expect(reading('<0xE4>')).toBe('byte E4');
    expect(reading('<0xE4><0xBD><0xA0>')).toBe('你');
    expect(reading(null, 7)).toBe('#7');
  });

  it('can be seen, whatever they are', () => {
    expect(visible('\n')).toBe('⏎');
    expect(visible('  ')).toBe('␣␣');
    expect(visible('\t')).toBe('⇥');
    expect(visible('a\u200bb')).toBe('a[zero-width space]b');
    expect(visible('\u0007')).toBe('[U+0007]');
    expect(visible('\u202e')).toBe('[U+202E]');
    expect(visible('\ufffd')).not.toContain('\ufffd');
    expect(quoted(' Mary')).toBe('“ Mary”');
    expect(quoted(' שלום')).toBe('“ שלום”');
  });

  it('are cut by characters, not by halves of them', () => {
    expect(label('😀😀😀😀😀😀😀😀', 40, 12)).toBe('😀😀😀😀…');
    expect(label(' a', 80, 12)).toBe('a');
  });

  it('make the words before a position', () => {
    const some = tokens('<|endoftext|>', 'When', ' Mary', '<0xE4>', '<0xBD>', '<0xA0>');
    expect(wordsBefore(readings(some), some, 5)).toBe('When Mary你');
    expect(wordsBefore(readings(some), some, 1)).toBe('When');
  });
});

describe('events', () => {
  it('are taken apart, over any cut of the bytes, comments left out', async () => {
    const text = 'event: queued\ndata: {"position":0}\n\n: still here\n\nevent: result\ndata: {"é":1}\n\n';
    const bytes = new TextEncoder().encode(text);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < bytes.length; i += 7) controller.enqueue(bytes.slice(i, i + 7));
        controller.close();
      },
    });
    const events = [];
    for await (const e of readEvents(body)) events.push(e);
    expect(events).toEqual([
      { event: 'queued', data: '{"position":0}' },
      { event: 'result', data: '{"é":1}' },
    ]);
  });

  it('of a comment alone are none', () => {
    expect(parseEvent(': silence')).toBeUndefined();
  });
});

describe('the fitting threshold', () => {
  it('counts what the tokens between the first and the position have in both', () => {
    const all = new Map([
      [0, 0.5],
      [1, 0.2],
      [2, 0.1],
      [3, 0.2],
    ]);
    expect(common(all, all, 3)).toBeCloseTo(0.3);
    expect(common(all, new Map([[1, 0.5]]), 3)).toBeCloseTo(0.2);
  });
});
