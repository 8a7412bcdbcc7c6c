import type { Focus } from './keys';
import { FEW, opacityOf, svgPath, type Layout, type PlacedBand, type PlacedNode } from './layout';
import type { Lit } from './lit';
import type { River } from './river';

/** The ground under the river: rows of layers and folded columns. */
export function Ground({ layout, layers, left, right }: { layout: Layout; layers: number; left: number; right: number }) {
  const from = Math.max(left, 0);
  const width = Math.min(right, layout.width) - from;
  return (
    <svg class="ground" width={layout.width} height={layout.height} aria-hidden="true">
      {layout.rows.map((row) =>
        layers <= FEW
          ? row.layer % 2 === 1 && <rect class="band" x={from + 40} y={row.top} width={Math.max(0, width - 40)} height={row.height} />
          : row.numbered && <path class="rule" d={`M${from + 40} ${row.top.toFixed(1)}h${Math.max(0, width - 40)}`} />,
      )}
      {layout.columns.map(
        (c) => c.folded && <rect class="fold" x={c.x - c.width / 2 + 2} y={8} width={c.width - 4} height={layout.height - 12} rx={3} />,
      )}
    </svg>
  );
}

/** So many bands are drawn bright at most, the widest; SVG is slow with more. */
const MOST = 600;

/** What is bright over the dimmed river, with an outline round what is selected. */
export function Highlight(props: { layout: Layout; river: River; lit: Lit; outlined: boolean; dark: boolean }) {
  const { layout, river, lit, outlined, dark } = props;
  const bands = [...lit.bands]
    .filter((b) => b !== lit.chosen)
    .sort((a, b) => b.amount - a.amount)
    .slice(0, MOST)
    .reverse();
  const nodes = [...lit.nodes].map((id) => layout.nodes.get(id)!).filter((n) => n && (n.drawn || lit.ends.includes(n.id)));
  return (
    <g>
      {(['residual', 'mlp', 'attention'] as const).map((kind) =>
        bands.filter((b) => b.kind === kind).map((b) => <BandPath band={b} river={river} scale={layout.scale} dark={dark} />),
      )}
      {lit.chosen && outlined && <Outline band={lit.chosen} />}
      {lit.chosen && <BandPath band={lit.chosen} river={river} scale={layout.scale} dark={dark} strong />}
      {bands.map((b) => b.square && <Square band={b} />)}
      {lit.chosen?.square && outlined && (
        <rect
          class="outline"
          x={lit.chosen.square.x - lit.chosen.square.size / 2 - 4}
          y={lit.chosen.square.y - lit.chosen.square.size / 2 - 4}
          width={lit.chosen.square.size + 8}
          height={lit.chosen.square.size + 8}
          rx={4}
        />
      )}
      {lit.chosen?.square && <Square band={lit.chosen} />}
      {nodes.map((node) => (
        <Pill node={node} outlined={outlined && lit.ends.includes(node.id)} />
      ))}
    </g>
  );
}

function BandPath({ band, river, scale, dark, strong }: { band: PlacedBand; river: River; scale: number; dark: boolean; strong?: boolean }) {
  const opacity = strong ? 1 : opacityOf(band, river.style, river.layers, dark);
  const casing = band.crosses && band.width > 2.5 && !strong && (
    <path class="casing" d={svgPath(band.curve)} stroke-width={band.width + 2} />
  );
  if (band.towards !== undefined && band.away !== undefined) {
    const towards = band.towards * scale;
    const away = band.away * scale;
    return (
      <>
        {casing}
        <path class="stroke towards" d={svgPath(band.curve, -away / 2)} stroke-width={Math.max(towards, 0.1)} opacity={opacity} />
        <path class="stroke away" d={svgPath(band.curve, towards / 2)} stroke-width={Math.max(away, 0.1)} opacity={opacity} />
      </>
    );
  }
  const dash = band.look === 'against' ? '4 3' : band.look === 'first' ? '8 5' : band.look === 'second' ? '2 4' : undefined;
  return (
    <>
      {casing}
      <path
        class={`stroke ${band.kind}`}
        d={svgPath(band.curve)}
        stroke-width={strong ? Math.max(band.width, 1.5) : band.width}
        opacity={opacity}
        stroke-dasharray={dash}
      />
    </>
  );
}

function Outline({ band }: { band: PlacedBand }) {
  const width = Math.max(band.width, 1.5);
  return (
    <>
      <path class="casing" d={svgPath(band.curve)} stroke-width={width + 7} />
      <path class="stroke selection" d={svgPath(band.curve)} stroke-width={width + 4} />
    </>
  );
}

function Square({ band }: { band: PlacedBand }) {
  const { x, y, size } = band.square!;
  return <rect class="square" x={x - size / 2} y={y - size / 2} width={size} height={size} rx={1.5} />;
}

function Pill({ node, outlined }: { node: PlacedNode; outlined: boolean }) {
  if (node.kind === 'X') return null;
  const { x, y, width, height } = node;
  return (
    <>
      {outlined && (
        <rect class="outline" x={x - width / 2 - 4} y={y - height / 2 - 4} width={width + 8} height={height + 8} rx={height / 2 + 4} />
      )}
      <rect class={`pill ${node.kind === 'A' ? 'hollow' : ''}`} x={x - width / 2} y={y - height / 2} width={width} height={height} rx={height / 2} />
    </>
  );
}

/** Where the keyboard is inside the picture. */
export function Ring({ layout, focus }: { layout: Layout; focus: Focus }) {
  const band = focus.band === undefined ? undefined : layout.into.get(focus.node)?.[focus.band];
  const node = layout.nodes.get(focus.node);
  if (band) return <path class="ring" d={svgPath(band.curve)} stroke-width={band.width + 6} />;
  if (!node) return null;
  const width = node.width + 12;
  const height = node.height + 12;
  return <rect class="ring-box" x={node.x - width / 2} y={node.y - height / 2} width={width} height={height} rx={6} />;
}
