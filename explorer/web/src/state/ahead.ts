import { path, type Client } from '../api/client';
import type { HeadsDocument } from '../api/types';
import { parseNode } from '../graph/ids';
import { amounts } from '../graph/river';
import { fittingThreshold } from './fitting';
import { strongestFirst } from './heads';
import { routePath, updateNorm, type Explorer, type Shown } from './store';

/** How long a new picture is left alone before anything is fetched ahead. */
const PAUSE = 250;
/** In texts of so many tokens every target is fetched, in longer ones the neighbours of what is shown. */
const SHORT = 24;

/** Fetches what a person is likely to ask for next, one thing at a time, so that it is there at once. */
export class Ahead {
  private readonly client: Client;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly explorer: Explorer) {
    this.client = explorer.client;
  }

  /** Fetches ahead what comes after a picture: its broadest band opened, other targets. */
  after(shown: Shown): void {
    clearTimeout(this.timer);
    if (shown.address.v !== 'route') return;
    this.timer = setTimeout(() => {
      this.all(shown).catch(() => undefined); // who asks for it hears what is wrong
    }, PAUSE);
  }

  private async all(shown: Shown): Promise<void> {
    const wanted = () => this.explorer.state.shown === shown;
    if (!shown.address.sel) await this.broadest(shown);
    const last = shown.trace.tokens.length - 1;
    const near = [shown.position - 1, shown.position + 1];
    const far = last < SHORT ? shown.trace.tokens.map((_, p) => last - p) : [];
    for (const position of [...near, ...far]) {
      if (!wanted() || this.explorer.state.working) return;
      if (position >= 0 && position <= last) await this.target(shown, position);
    }
  }

  /** The route of another target. */
  private async target({ trace, address: { tau, mode } }: Shown, position: number): Promise<void> {
    const threshold = tau ?? (await fittingThreshold(this.client, trace.id, position, mode));
    await this.client.get(routePath(trace.id, position, threshold, mode));
  }

  /** What opening the broadest band between tokens shows. */
  private async broadest({ trace, address, route }: Shown): Promise<void> {
    let best: { from: string; to: string; amount: number } | undefined;
    for (const e of amounts(route.routes[0]!)) {
      const isStep = e.kind === 'attention' && parseNode(e.from).position !== parseNode(e.to).position;
      if (isStep && e.amount > (best?.amount ?? 0)) best = e;
    }
    if (!best) return;
    const { layer, position } = parseNode(best.to);
    const key = parseNode(best.from).position;
    const I = `api/traces/${trace.id}`;
    const { heads } = await this.client.get<HeadsDocument>(path(`${I}/heads`, { layer, position, key }));
    const { head } = strongestFirst(heads)[0]!;
    await this.client.get(path(`${I}/maps`, { layer, head }));
    await this.client.get(path(`${I}/update`, { component: 'head', layer, head, position, key, norm: updateNorm(address) }));
  }
}
