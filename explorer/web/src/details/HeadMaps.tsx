import { useEffect, useRef, useState } from 'preact/hooks';
import type { MapsDocument } from '../api/types';
import { readColours } from '../graph/colours';
import { useExplorer } from '../state/hooks';
import { percent } from '../text/numbers';
import { quoted } from '../text/tokens';

interface Props {
  name: string;
  maps: MapsDocument | undefined;
  reads: readonly string[];
  query: number;
  cellKey: number;
}

/** Where a head looks, and what it brings: two maps side by side, the cell of the connection ringed. */
export function HeadMaps({ name, maps, reads, query, cellKey }: Props) {
  const [said, setSaid] = useState<string>();
  const read = (which: 'attention' | 'contribution') => (q: number, k: number) => {
    const value = maps?.[which][q - maps.first_row]?.[k];
    if (value === undefined) return setSaid(undefined);
    return setSaid(`${quoted(reads[q]!)} (${q}) ← ${quoted(reads[k]!)} (${k}): ${percent(value)}`);
  };
  return (
    <>
      <div class="side maps">
        <figure>
          <figcaption>Attention</figcaption>
          <Map label={`Attention map of ${name}`} maps={maps} rows={maps?.attention} most={1} query={query} cellKey={cellKey} onRead={read('attention')} />
        </figure>
        <figure>
          <figcaption>Contribution</figcaption>
          <Map
            label={`Contribution map of ${name}`}
            maps={maps}
            rows={maps?.contribution}
            most={maps ? largest(maps.contribution) : 1}
            query={query}
            cellKey={cellKey}
            onRead={read('contribution')}
          />
        </figure>
      </div>
      <p class="map-said" aria-live="polite">
        {said}
      </p>
    </>
  );
}

function largest(rows: number[][]): number {
  let most = 0.01;
  for (const row of rows) for (const value of row) if (value > most) most = value;
  return most;
}

interface MapProps {
  label: string;
  maps: MapsDocument | undefined;
  rows: number[][] | undefined;
  most: number;
  query: number;
  cellKey: number;
  onRead: (query: number, key: number) => void;
}

function Map({ label, maps, rows, most, query, cellKey, onRead }: MapProps) {
  const { state } = useExplorer();
  const canvas = useRef<HTMLCanvasElement>(null);
  const first = maps?.first_row ?? 0;
  const n = rows ? rows.length : 1;
  const across = rows ? rows[n - 1]!.length : 1;
  useEffect(() => {
    if (rows && canvas.current) draw(canvas.current, rows, most, query - first, cellKey);
  }, [rows, most, query, cellKey, first, state.theme]);
  const onMove = (e: MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const q = Math.floor(((e.clientY - box.top) / box.height) * n);
    const k = Math.floor(((e.clientX - box.left) / box.width) * across);
    onRead(first + q, k);
  };
  const value = rows?.[query - first]?.[cellKey];
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={value === undefined ? label : `${label}, ${percent(value)} at the ringed cell`}
      width={320}
      height={320}
      onMouseMove={onMove}
      onMouseLeave={() => onRead(-1, -1)}
    />
  );
}

function draw(canvas: HTMLCanvasElement, rows: number[][], most: number, ringRow: number, ringKey: number): void {
  const colours = readColours(document.body);
  const n = rows.length;
  const across = rows[n - 1]!.length;
  const cell = Math.max(1, Math.floor(Math.min(320, 512) / Math.max(n, across)));
  canvas.width = across * cell;
  canvas.height = n * cell;
  const c = canvas.getContext('2d')!;
  const gap = cell >= 8 ? 1 : 0;
  c.fillStyle = getComputedStyle(document.body).getPropertyValue('--sunk').trim();
  c.fillRect(0, 0, canvas.width, canvas.height);
  rows.forEach((row, q) =>
    row.forEach((value, k) => {
      c.globalAlpha = 1;
      c.fillStyle = colours.panel;
      c.fillRect(k * cell, q * cell, cell - gap, cell - gap);
      c.globalAlpha = Math.min(1, Math.max(0, value) / most) ** 0.6;
      c.fillStyle = colours.attention;
      c.fillRect(k * cell, q * cell, cell - gap, cell - gap);
    }),
  );
  if (ringRow < 0) return;
  c.globalAlpha = 1;
  c.strokeStyle = colours.selection;
  c.lineWidth = Math.max(3, canvas.width / 80);
  const out = cell < 8 ? 3 : 1;
  c.strokeRect(ringKey * cell - out, ringRow * cell - out, cell + 2 * out - gap, cell + 2 * out - gap);
}
