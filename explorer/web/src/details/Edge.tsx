import { path } from '../api/client';
import type { HeadRow, HeadsDocument, MapsDocument, RolesDocument, UpdateDocument } from '../api/types';
import { parseEdge, shapeOf } from '../graph/ids';
import { amounts } from '../graph/river';
import { Term } from '../shell/Term';
import { strongestFirst } from '../state/heads';
import { useDocument, useExplorer } from '../state/hooks';
import { updateNorm, type Shown } from '../state/store';
import { edgeName } from '../text/names';
import { percent, signed } from '../text/numbers';
import { Acts } from './Acts';
import { Crumbs } from './Crumbs';
import { HeadMaps } from './HeadMaps';
import { Listbox } from './Listbox';
import { Beside, Loading, PromotedSuppressed, Words } from './parts';

/** A connection: one position reads another in a layer. Its heads, what they look at, what they write. */
export function Edge({ shown, sel }: { shown: Shown; sel: string }) {
  const { explorer } = useExplorer();
  const { trace, address, reads } = shown;
  const edge = parseEdge(sel)!;
  const { layer, position } = edge.to;
  const key = edge.from.position;
  const I = `api/traces/${trace.id}`;
  const heads = useDocument<HeadsDocument>(path(`${I}/heads`, { layer, position, key })).data;
  const roles = useRoles(address.m);
  const sorted = heads ? strongestFirst(heads.heads) : [];
  const head = address.h ?? sorted[0]?.head;
  const asked = heads && head !== undefined;
  const maps = useDocument<MapsDocument>(asked ? path(`${I}/maps`, { layer, head }) : undefined);
  const update = useDocument<UpdateDocument>(
    asked ? path(`${I}/update`, { component: 'head', layer, head, position, key, norm: updateNorm(address) }) : undefined,
  ).data;
  const name = `head ${layer}.${head}`;
  return (
    <>
      <Crumbs shape={shapeOf(trace)} above={edge.ids[1]} below={edge.ids[0]} />
      <h2>
        <Words of={edgeName(sel, reads)} />
      </h2>
      <Amount shown={shown} sel={sel} />
      <h3>
        <span>
          <Term of="head">Heads</Term>
        </span>
        <Beside>
          <Term of="contribution">contribution</Term> · attention
        </Beside>
      </h3>
      {heads ? (
        <Listbox
          name="Heads of this connection"
          items={sorted}
          chosen={sorted.findIndex((h) => h.head === head)}
          label={(h) =>
            [`Head ${layer}.${h.head}`, `contribution ${percent(h.contribution)}`, `attention ${percent(h.attention)}`, ...roles(layer, h.head)].join(', ')
          }
          choose={(i) => explorer.go({ h: sorted[i]!.head })}
        >
          {(h) => <HeadInside layer={layer} row={h} most={sorted[0]!.contribution} />}
        </Listbox>
      ) : (
        <Loading rows={5} />
      )}
      {head !== undefined && (
        <>
          <h3>
            <span>
              Head {layer}.{head}
            </span>
            <span class="badges">
              {roles(layer, head).map((r) => (
                <span class="badge" key={r}>
                  {r}
                </span>
              ))}
            </span>
          </h3>
          <HeadMaps name={name} maps={maps.data ?? maps.old} reads={reads} query={position} cellKey={key} />
          <PromotedSuppressed by={name} update={update} />
          <Acts
            silence={[
              [`Silence ${name}`, { site: 'head_out', layer, head }],
              ['Silence this connection', { site: 'attention', layer, position, key }],
            ]}
            places={[
              ['this connection', { site: 'attention', layer, position, key }],
              [`${name} on this connection`, { site: 'attention', layer, head, position, key }],
              [`${name} everywhere`, { site: 'head_out', layer, head }],
            ]}
          />
        </>
      )}
    </>
  );
}

function HeadInside({ layer, row, most }: { layer: number; row: HeadRow; most: number }) {
  return (
    <>
      <span>
        {layer}.{row.head}
      </span>
      <span class="track">
        <i class="attention" style={{ width: `${most > 0 ? (100 * Math.max(0, row.contribution)) / most : 0}%` }} />
      </span>
      <span class="n">{percent(row.contribution)}</span>
      <span class="n second">{percent(row.attention)}</span>
    </>
  );
}

/** How much comes this way, in the measure of the picture. */
function Amount({ shown, sel }: { shown: Shown; sel: string }) {
  const [from, to] = sel.split('>');
  if (shown.contrast) {
    const e = shown.contrast.edges.find((x) => x.from === from && x.to === to && x.kind === 'attention');
    return (
      <p class="big">
        {signed((e?.towards ?? 0) - (e?.away ?? 0))}
        <small>logits come this way</small>
      </p>
    );
  }
  const document = shown.relevance ?? shown.route;
  const route = document.routes[0]!;
  const e = shown.relevance
    ? route.edges.find((x) => x.from === from && x.to === to && x.kind === 'attention')
    : amounts(route).find((x) => x.from === from && x.to === to && x.kind === 'attention');
  const share = e ? ('amount' in e ? e.amount : e.weight) : 0;
  return (
    <p class="big">
      {percent(share)}
      <small>{shown.relevance ? 'of the answer comes this way' : 'of the last state comes this way'}</small>
    </p>
  );
}

/** Roles of a model's heads, in words; none while they are on their way. */
export function useRoles(model: string): (layer: number, head: number) => string[] {
  const roles = useDocument<RolesDocument>(`api/models/${encodeURIComponent(model)}/roles`).data;
  return (layer, head) =>
    roles?.heads.find((r) => r.layer === layer && r.head === head)?.roles.map((r) => r.replace(/_/g, ' ')) ?? [];
}
