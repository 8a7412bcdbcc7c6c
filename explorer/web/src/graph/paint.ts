import type { Colours } from './colours';
import { opacityOf, type Layout, type PlacedBand } from './layout';
import type { River } from './river';

/** How long a slice of painting may keep the page waiting. */
const SLICE = 8;
/** What stands back can still be seen. */
const FAINTEST = 0.2;

export interface Window {
  left: number;
  width: number;
}

/**
 * Paints a river into a canvas, strongest bands first and each new one under what is there, in slices;
 * returns what stops it.
 */
export function paint(
  canvas: HTMLCanvasElement,
  layout: Layout,
  river: River,
  colours: Colours,
  window: Window,
  dim?: { by: number; done: () => void },
): () => void {
  const ratio = Math.min(devicePixelRatio || 1, 3);
  const context = canvas.getContext('2d')!;
  canvas.width = Math.ceil(window.width * ratio);
  canvas.height = Math.ceil(layout.height * ratio);
  context.setTransform(ratio, 0, 0, ratio, -window.left * ratio, 0);
  context.globalCompositeOperation = 'destination-over';
  const tone: Tone = { ...colours, shown: (alpha) => (dim ? Math.max(FAINTEST, dim.by * alpha) : alpha) };
  const jobs = jobsOf(layout, window);
  let at = 0;
  let frame = 0;
  const slice = () => {
    const end = performance.now() + SLICE;
    while (at < jobs.length && performance.now() < end) jobs[at++]!(context, river, layout, tone);
    if (at < jobs.length) frame = requestAnimationFrame(slice);
    else dim?.done();
  };
  slice();
  return () => cancelAnimationFrame(frame);
}

/** Colours, and how strongly something of an opacity is shown. */
type Tone = Colours & { shown: (alpha: number) => number };

type Job = (context: CanvasRenderingContext2D, river: River, layout: Layout, colours: Tone) => void;

/** All there is to paint, from the top of the picture down. */
function jobsOf(layout: Layout, window: Window): Job[] {
  const right = window.left + window.width;
  const jobs: Job[] = [];
  for (const node of layout.nodes.values()) {
    if (node.drawn && node.x > window.left - 60 && node.x < right + 60) {
      jobs.push((c, _r, l, colours) => paintPill(c, node, l.rows.length > 12, colours));
    }
  }
  const bands = layout.bands
    .filter((b) => Math.max(b.x1, b.x2) + 60 > window.left && Math.min(b.x1, b.x2) - 60 < right)
    .sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || b.amount - a.amount);
  for (const band of bands) if (band.square) jobs.push((c, r, _l, colours) => paintSquare(c, band, r, colours));
  for (const stub of layout.stubs) {
    jobs.push((c, _r, _l, colours) => paintStub(c, stub, colours));
  }
  for (const band of bands) jobs.push((c, r, l, colours) => paintBand(c, band, r, l, colours));
  return jobs;
}

const ORDER = { attention: 0, mlp: 1, residual: 2 };

function paintPill(
  c: CanvasRenderingContext2D,
  node: { x: number; y: number; width: number; height: number; kind: string },
  many: boolean,
  colours: Tone,
): void {
  c.globalAlpha = colours.shown(1);
  c.beginPath();
  c.roundRect(node.x - node.width / 2, node.y - node.height / 2, node.width, node.height, node.height / 2);
  c.strokeStyle = colours.ink2;
  c.lineWidth = many ? 1 : 1.4;
  c.stroke();
  c.fillStyle = node.kind === 'A' ? colours.panel : colours.ink2;
  c.fill();
}

function paintSquare(c: CanvasRenderingContext2D, band: PlacedBand, river: River, colours: Tone): void {
  const { x, y, size } = band.square!;
  c.globalAlpha = colours.shown(band.look === 'against' ? 0.6 : 1);
  c.fillStyle = colours.mlp;
  c.fillRect(x - size / 2, y - size / 2, size, size);
  const rim = river.layers > 12 ? 1 : 1.5;
  c.globalAlpha = 1;
  c.fillStyle = colours.page;
  c.fillRect(x - size / 2 - rim, y - size / 2 - rim, size + 2 * rim, size + 2 * rim);
}

function paintStub(
  c: CanvasRenderingContext2D,
  stub: { x: number; y: number; width: number; height: number },
  colours: Tone,
): void {
  c.save();
  c.globalAlpha = colours.shown(1);
  c.strokeStyle = colours.ink2;
  c.lineWidth = 1;
  c.beginPath();
  c.rect(stub.x, stub.y + 2, stub.width, stub.height);
  c.clip();
  c.beginPath();
  for (let d = -stub.height; d < stub.width + stub.height; d += 4) {
    c.moveTo(stub.x + d, stub.y + 2 + stub.height);
    c.lineTo(stub.x + d + stub.height, stub.y + 2);
  }
  c.stroke();
  c.restore();
}

function paintBand(c: CanvasRenderingContext2D, band: PlacedBand, river: River, layout: Layout, colours: Tone): void {
  const alpha = colours.shown(opacityOf(band, river.style, river.layers, colours.dark));
  if (band.towards !== undefined && band.away !== undefined) {
    const towards = band.towards * layout.scale;
    const away = band.away * layout.scale;
    if (towards > 0.3 || towards >= away) line(c, band, Math.max(0.8, towards), colours.towards, alpha, -away / 2);
    if (away > 0.3) line(c, band, Math.max(0.8, away), colours.away, alpha, towards / 2);
  } else {
    if (band.look === 'against') c.setLineDash([4, 3]);
    else if (band.look === 'first') c.setLineDash([8, 5]);
    else if (band.look === 'second') c.setLineDash([2, 4]);
    line(c, band, band.width, colours[band.kind], alpha, 0);
    c.setLineDash([]);
  }
  if (band.width > 2.5 && (band.crosses || river.style === 'contrast')) {
    line(c, band, band.width + 2, colours.page, 1, 0);
  }
}

function line(c: CanvasRenderingContext2D, band: PlacedBand, width: number, colour: string, alpha: number, dx: number): void {
  const { curve } = band;
  c.globalAlpha = alpha;
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.beginPath();
  c.moveTo(curve[0]! + dx, curve[1]!);
  for (let i = 2; i < curve.length; i += 6) {
    c.bezierCurveTo(
      curve[i]! + dx,
      curve[i + 1]!,
      curve[i + 2]! + dx,
      curve[i + 3]!,
      curve[i + 4]! + dx,
      curve[i + 5]!,
    );
  }
  c.stroke();
}
