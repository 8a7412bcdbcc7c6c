import type * as preact from 'preact';
import { useDocument, useExplorer } from '../state/hooks';
import type { Settings as Values } from '../state/store';
import { Modal } from './Modal';

const NORMS = ['both', 'neither'] as const;

/** How it is computed and shown, and the facts of the model. */
export function Settings({ close }: { close: () => void }) {
  const { explorer, state } = useExplorer();
  const { settings, status, shown } = state;
  const facts = useDocument<Record<string, unknown>>(shown && `api/models/${encodeURIComponent(shown.address.m)}`).data;
  const { norm, bias, backend, fold, rows } = shown?.address ?? {};
  return (
    <Modal title="Settings" close={close}>
      <div class="fields">
        <label for="theme">Theme</label>
        <select id="theme" value={settings.theme} onChange={(e) => explorer.set({ settings: { theme: e.currentTarget.value as Values['theme'] } })}>
          <option value="system">as the system</option>
          <option value="light">light</option>
          <option value="dark">dark</option>
        </select>
        <label for="backend">Backend</label>
        <select id="backend" value={backend ?? ''} disabled={!shown} onChange={(e) => explorer.go({ backend: e.currentTarget.value || undefined })}>
          <option value="">{status?.backends[0]}</option>
          {status?.backends.slice(1).map((b) => (
            <option value={b} key={b}>
              {b}
            </option>
          ))}
        </select>
        <label for="bias">Biases</label>
        <select id="bias" value={bias ?? ''} disabled={!shown} onChange={(e) => explorer.go({ bias: e.currentTarget.value === '' ? undefined : 'separate' })}>
          <option value="">in no part (the paper’s way)</option>
          <option value="separate">parts of their own</option>
        </select>
        <label for="norm">Final norm before unembedding</label>
        <select id="norm" value={norm ?? 'states'} disabled={!shown} onChange={(e) => explorer.go({ norm: NORMS.find((n) => n === e.currentTarget.value) })}>
          <option value="states">of states</option>
          <option value="both">of states and updates</option>
          <option value="neither">of neither</option>
        </select>
        <span>Long texts</span>
        <label class="check">
          <input type="checkbox" checked={fold !== 'off'} disabled={!shown} onChange={(e) => explorer.go({ fold: e.currentTarget.checked ? undefined : 'off' })} />
          fold columns with next to nothing
        </label>
        <span>Many layers</span>
        <label class="check">
          <input type="checkbox" checked={rows !== 'even'} disabled={!shown} onChange={(e) => explorer.go({ rows: e.currentTarget.checked ? undefined : 'even' })} />
          quiet layers lower
        </label>
      </div>
      {facts && (
        <>
          <h2 style={{ marginTop: '16px' }}>The model</h2>
          <dl>{factRows(facts)}</dl>
        </>
      )}
      <div class="end">
        <button onClick={close}>Close</button>
      </div>
    </Modal>
  );
}

/** What the server says of a model, a line each; what it repeats, or leaves open, is left out. */
function factRows(facts: Record<string, unknown>): preact.ComponentChildren {
  return Object.entries(facts).map(([key, value]) => {
    if (key === 'schema' || key === 'model' || value === null) return null;
    const text = Array.isArray(value) ? value.filter((v) => typeof v !== 'object').join(key === 'examples' ? '; ' : ', ') : shownFact(value);
    return text === '' ? null : (
      <>
        <dt>{key.replace(/_/g, ' ')}</dt>
        <dd>{text}</dd>
      </>
    );
  });
}

function shownFact(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value);
}
