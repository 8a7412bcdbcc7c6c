import { useEffect, useRef, useState } from 'preact/hooks';
import type { Band, River, RiverNode } from './river';

/** How long widths take to their new values. */
const DURATION = 160;
/** Larger rivers change at once. */
const MOST = 700;

/** A river between two others: widths on their way, what is new growing, what is gone shrinking. */
export function between(from: River, to: River, part: number): River {
  const key = (b: Band) => `${b.from} ${b.to} ${b.kind}`;
  const mix = (a: number, b: number) => a + (b - a) * part;
  const old = new Map(from.bands.map((b) => [key(b), b]));
  const bands = to.bands.map((b) => mixedBand(b, old.get(key(b))?.amount ?? 0, mix));
  const stays = new Set(to.bands.map(key));
  for (const b of from.bands) if (!stays.has(key(b))) bands.push({ ...b, amount: mix(b.amount, 0) });
  const before = new Map(from.nodes.map((n) => [n.id, n]));
  const nodes: RiverNode[] = to.nodes.map((n) => ({ ...n, share: mix(before.get(n.id)?.share ?? 0, n.share) }));
  const there = new Set(to.nodes.map((n) => n.id));
  for (const n of from.nodes) if (!there.has(n.id)) nodes.push({ ...n, share: mix(n.share, 0) });
  return { ...to, nodes, bands };
}

function mixedBand(b: Band, from: number, mix: (a: number, b: number) => number): Band {
  return { ...b, amount: mix(from, b.amount) };
}

/** The river to draw: on its way from the one before where only the threshold or the mode changed. */
export function useMotion(river: River, key: string): River {
  const [drawn, setDrawn] = useState(river);
  const last = useRef({ river, key });
  useEffect(() => {
    const from = last.current;
    last.current = { river, key };
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const alike = from.key === key && from.river !== river && river.style === 'route';
    if (!alike || still || Math.max(from.river.bands.length, river.bands.length) > MOST) {
      setDrawn(river);
      return undefined;
    }
    const start = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const part = Math.min(1, (now - start) / DURATION);
      setDrawn(part < 1 ? between(from.river, river, part) : river);
      if (part < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [river, key]);
  // A river of another text or target is never held back by one of the last.
  const settled = drawn.target === river.target && drawn.tokens === river.tokens && drawn.style === river.style;
  return settled && last.current.key === key ? drawn : river;
}
