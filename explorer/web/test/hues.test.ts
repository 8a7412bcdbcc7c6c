import { describe, expect, it } from 'vitest';
import layout from '../src/style/layout.css?raw';
import base from '../src/style/base.css?raw';
import graph from '../src/style/graph.css?raw';
import lists from '../src/style/lists.css?raw';
import css from '../src/style/theme.css?raw';

type Rgb = [number, number, number];
type Matrix = [Rgb, Rgb, Rgb];

/** The hues of a theme, by name. */
function theme(dark: boolean): Map<string, Rgb> {
  const block = css.split('}')[dark ? 1 : 0]!;
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => {
      const channel = (i: number) => parseInt(hex!.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
      return [name!, [channel(0), channel(1), channel(2)]];
    }),
  );
}

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const times = (m: Matrix, v: Rgb): Rgb => m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as Rgb;

/** How colours are seen without one kind of cones, in linear light: Viénot, Brettel, Mollon 1999; the third Machado, Oliveira, Fernandes 2009. */
const SEEN: Record<string, Matrix> = {
  everything: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
  deuteranopia: [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** CIE L*a*b* under D65. */
function lab(rgb: Rgb): Rgb {
  const xyz = times([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]], rgb);
  const [x, y, z] = xyz.map((v, i) => {
    const t = v / [0.95047, 1, 1.08883][i]!;
    return t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116;
  }) as Rgb;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE76 of two hues as they are seen. */
function distance(a: Rgb, b: Rgb, seen: Matrix): number {
  const [p, q] = [a, b].map((c) => lab(times(seen, c.map(linear) as Rgb).map((v) => Math.max(0, Math.min(1, v))) as Rgb)) as [Rgb, Rgb];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

function contrast(a: Rgb, b: Rgb): number {
  const light = (c: Rgb) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const [more, less] = [light(a), light(b)].sort((x, y) => y - x) as [number, number];
  return (more + 0.05) / (less + 0.05);
}

const MEET = [
  ['attention', 'mlp'],
  ['attention', 'residual'],
  ['mlp', 'residual'],
  ['towards', 'away'],
  ['selection', 'attention'],
  ['selection', 'mlp'],
  ['selection', 'residual'],
] as const;

describe.each([
  ['light', false],
  ['dark', true],
])('the %s hues', (_, dark) => {
  const hues = theme(dark);
  const hue = (name: string) => hues.get(name)!;

  it.each(Object.keys(SEEN))('that meet can be told apart with %s', (how) => {
    for (const [a, b] of MEET) expect(distance(hue(a), hue(b), SEEN[how]!), `${a} and ${b}`).toBeGreaterThanOrEqual(19);
  });

  it('of text can be read on every ground', () => {
    for (const text of ['ink', 'ink2', 'ink3', 'accent', 'towards', 'away', 'attention-text', 'mlp-text']) {
      for (const ground of ['page', 'panel']) expect(contrast(hue(text), hue(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    for (const text of ['ink', 'ink2', 'ink3']) expect(contrast(hue(text), hue('sunk')), `${text} on sunk`).toBeGreaterThanOrEqual(4.5);
    expect(contrast(hue('on-accent'), hue('accent'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(hue('ink'), hue('selection-ground'))).toBeGreaterThanOrEqual(4.5);
  });

  it('of shares keep the text on them readable at their deepest', () => {
    const depth = dark ? 0.42 : 0.64;
    const mixed = hue('page').map((p, i) => depth * hue('shade')[i]! + (1 - depth) * p) as Rgb;
    expect(contrast(hue('ink'), mixed)).toBeGreaterThanOrEqual(4.5);
  });
});

describe('what stands back', () => {
  it('is at 36 % in the light, 45 % in the dark', () => {
    expect([...css.matchAll(/--dim: ([\d.]+);/g)].map((m) => m[1])).toEqual(['0.36', '0.45']);
  });
});

describe('the corners', () => {
  it('are 3, 6 or 8 pixels', () => {
    const radii = [base, graph, lists, layout].flatMap((file) => [...file.matchAll(/border-radius:\s*([^;]+);/g)].flatMap((m) => m[1]!.split(' ')));
    expect([...new Set(radii)].sort()).toEqual(['0', '3px', '6px', '8px']);
  });
});

describe('the type', () => {
  it('is that of the system, figures of one width', () => {
    expect(base).toContain('system-ui');
    expect(base).toContain('tabular-nums');
  });

  it('has a few sizes, 11 the least', () => {
    const sizes = [base, graph, lists, layout].flatMap((file) => [...file.matchAll(/font(?:-size)?:\s*(\d+)px/g)].map((m) => Number(m[1])));
    expect([...new Set(sizes)].sort((a, b) => a - b)).toEqual([11, 12, 13, 14, 16, 17, 18, 20, 28]);
  });
});
