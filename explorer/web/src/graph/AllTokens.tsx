import { useEffect, useRef } from 'preact/hooks';
import { useExplorer } from '../state/hooks';
import type { River } from './river';

/** All tokens of a long text as bars of 8 pixels, folded ones too; a click selects one. */
export function AllTokens({ river, choose }: { river: River; choose: (position: number) => void }) {
  const { state } = useExplorer();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const width = (element.width = Math.max(1, element.clientWidth * devicePixelRatio));
    element.height = 8 * devicePixelRatio;
    const context = element.getContext('2d')!;
    const style = getComputedStyle(document.body);
    const [shade, sunk] = ['--shade', '--sunk'].map((name) => style.getPropertyValue(name).trim());
    const each = width / river.tokens;
    const gap = each > 4 ? 1 : 0;
    for (let p = 0; p < river.tokens; p++) {
      const share = Math.abs(river.sources.get(p) ?? 0);
      context.globalAlpha = 1;
      context.fillStyle = sunk!;
      context.fillRect(p * each, 0, each - gap, element.height);
      if (share === 0) continue;
      context.globalAlpha = Math.min(1, 0.25 + 2 * share);
      context.fillStyle = shade!;
      context.fillRect(p * each, 0, Math.max(1, each - gap), element.height);
    }
  }, [river, state.theme]);
  const onClick = (e: MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    choose(Math.floor(((e.clientX - box.left) / box.width) * river.tokens));
  };
  return <canvas class="all-tokens" ref={canvas} aria-hidden="true" onClick={onClick} />;
}
