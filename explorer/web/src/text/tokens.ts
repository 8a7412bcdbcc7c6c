import type { Token } from '../api/types';

const BYTE = /<0x([0-9A-F]{2})>/g;
const SPECIAL = /^(<\|.*\|>|<\/?s>|<bos>)$/;

const NAMES: Record<string, string> = {
  '​': 'zero-width space',
  '‌': 'zero-width non-joiner',
  '‍': 'zero-width joiner',
  '‎': 'left-to-right mark',
  '‏': 'right-to-left mark',
  '⁠': 'word joiner',
  '­': 'soft hyphen',
  '﻿': 'byte order mark',
};

/**
 * What each token of a text reads as. Bytes that make one character over several tokens read as that
 * character at each of them; other bytes as "byte E4".
 */
export function readings(tokens: readonly Token[]): string[] {
  const out = tokens.map(() => '');
  let bytes: number[] = [];
  let owners: number[] = [];
  const write = (at: number, text: string) => {
    out[at] += text;
  };
  const flush = () => {
    bytes.forEach((b, i) => write(owners[i]!, `byte ${b.toString(16).toUpperCase().padStart(2, '0')}`));
    bytes = [];
    owners = [];
  };
  tokens.forEach((token, at) => {
    const text = token.text ?? `#${token.id}`;
    if (SPECIAL.test(text)) {
      flush();
      write(at, at === 0 ? '⟨start⟩' : text);
      return;
    }
    for (const part of text.split(/(<0x[0-9A-F]{2}>)/)) {
      if (part === '') continue;
      const byte = /^<0x([0-9A-F]{2})>$/.exec(part);
      if (!byte) {
        flush();
        write(at, part);
        continue;
      }
      bytes.push(parseInt(byte[1]!, 16));
      owners.push(at);
      const character = decoded(bytes);
      if (character) {
        new Set(owners).forEach((owner) => write(owner, character));
        bytes = [];
        owners = [];
      }
    }
  });
  flush();
  return out;
}

/** The character that these bytes are, or nothing where they are none (yet). */
function decoded(bytes: number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}

/** One token's text by itself, as lists of predictions show it: never a raw byte mark. */
export function reading(text: string | null, id?: number): string {
  if (text === null) return `#${id}`;
  const bytes = [...text.matchAll(BYTE)].map((m) => parseInt(m[1]!, 16));
  if (bytes.length > 0 && text.replace(BYTE, '') === '') {
    const whole = decoded(bytes);
    if (whole) return whole;
  }
  return text.replace(BYTE, 'byte $1');
}

/** A token in quotes, with its blank: “ Mary”. */
export function quoted(reads: string): string {
  return `“${visible(reads)}”`;
}

/** Line ends, tabs, control and zero-width characters so that they can be seen. */
export function visible(reads: string): string {
  if (/^ +$/.test(reads)) return '␣'.repeat(reads.length);
  return reads
    .replace(/\r\n|\n/g, '⏎')
    .replace(/\t/g, '⇥')
    .replace(/[​-‏⁠­﻿]/g, (c) => `[${NAMES[c] ?? code(c)}]`)
    .replace(/�/g, '[unreadable]')
    .replace(/[\u0000-\u001f\u007f-\u009f‪-‮⁦-⁩]/g, (c) => `[${code(c)}]`);
}

function code(c: string): string {
  return `U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A token on a chip: without the blank in front, cut to what fits. */
export function label(reads: string, width: number, size: number): string {
  const trimmed = reads.trim() === '' ? reads : reads.replace(/^ /, '');
  const characters = [...visible(trimmed)];
  const fits = Math.max(2, Math.floor(width / (size * 0.56)));
  return characters.length > fits ? characters.slice(0, fits - 1).join('') + '…' : characters.join('');
}

/** Whether a token only goes on with the character of the one before. */
export function isContinued(reads: readonly string[], tokens: readonly Token[], p: number): boolean {
  return p > 0 && reads[p] === reads[p - 1] && /<0x/.test(tokens[p]!.text ?? '') && /<0x/.test(tokens[p - 1]!.text ?? '');
}

/** The words that end at a position, cut from the left to a number of characters; the model's start is no word. */
export function wordsBefore(reads: readonly string[], tokens: readonly Token[], position: number): string {
  let text = '';
  for (let p = 0; p <= position; p++) {
    if (reads[p] === '⟨start⟩') continue;
    if (!isContinued(reads, tokens, p)) text += reads[p];
  }
  return visible(text);
}
