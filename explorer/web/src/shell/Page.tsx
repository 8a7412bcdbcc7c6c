import { useEffect, useState } from 'preact/hooks';
import { Details } from '../details/Details';
import { formatChanges, parseChanges } from '../state/changes';
import { useExplorer } from '../state/hooks';
import { Compare } from '../views/Compare';
import { Heads } from '../views/Heads';
import { Lens } from '../views/Lens';
import { Prompts } from '../views/Prompts';
import { RoutePanel } from '../views/RoutePanel';
import { Alerts } from './Alerts';
import { Bar } from './Bar';
import { Changes } from './Changes';
import { Generate } from './Generate';
import { Help } from './Help';
import { Settings } from './Settings';
import { Summary } from './Summary';
import { Toolbar } from './Toolbar';

export type Dialog = 'settings' | 'help' | 'generate';

const VIEWS = { route: RoutePanel, lens: Lens, heads: Heads, compare: Compare, prompts: Prompts };

/** The whole page: bar, notices, main with the view, details. */
export function Page() {
  const { explorer, state } = useExplorer();
  const [dialog, setDialog] = useState<Dialog>();
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const inField = (e.target as HTMLElement).closest?.('input, textarea, select, dialog');
      if (e.key === 'z' && (e.ctrlKey || e.metaKey) && !inField) {
        const changes = parseChanges(explorer.state.shown?.address.c);
        if (changes.length === 0) return;
        explorer.go({ c: formatChanges(changes.slice(0, -1)) });
        e.preventDefault();
      } else if (e.key === '?' && !inField && !e.ctrlKey && !e.altKey) {
        setDialog('help');
        e.preventDefault();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [explorer]);
  const view = state.shown?.address.v ?? 'route';
  const Panel = VIEWS[view];
  const close = () => setDialog(undefined);
  return (
    <div class="page">
      <Bar open={setDialog} />
      <div class="notices">
        <Alerts />
      </div>
      <main aria-busy={state.working !== undefined}>
        <Summary />
        <Toolbar />
        <div class={`panel ${state.working && !state.working.aside ? 'old' : ''}`} role="tabpanel" id="view" aria-labelledby={`tab-${view}`}>
          {state.shown ? <Panel shown={state.shown} /> : <Waiting empty={state.alert !== undefined} />}
        </div>
        <Changes />
      </main>
      <Details generate={() => setDialog('generate')} />
      {dialog === 'settings' && <Settings close={close} />}
      {dialog === 'help' && <Help close={close} />}
      {dialog === 'generate' && <Generate close={close} />}
    </div>
  );
}

function Waiting({ empty }: { empty: boolean }) {
  if (empty) return <div class="scrolls" />;
  return (
    <div class="scrolls">
      {[70, 55, 62, 40].map((w) => (
        <span class="grey" key={w} style={{ width: `${w}%` }} />
      ))}
    </div>
  );
}
