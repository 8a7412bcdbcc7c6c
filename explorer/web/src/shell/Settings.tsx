import type * as preact from 'preact';
import { useDocument, useExplorer } from '../state/hooks';
import type { Settings as Values } from '../state/store';
import { Modal } from './Modal';

/** How it is computed and shown, and the facts of the model. */
export function Settings({ close }: { close: () => void }) {
  const { explorer, state } = useExplorer();
  const { settings, status, shown } = state;
  const facts = useDocument<Record<string, unknown>>(shown && `api/models/${encodeURIComponent(shown.address.m)}`).data;
  const set = (change: Partial<Values>) => explorer.set({ settings: { ...settings, ...change } });
  const again = (change: Partial<Values>) => {
    set(change);
    if (shown) explorer.go({});
  };
  return (
    <Modal title="Settings" close={close}>
      <div class="fields">
        <label for="theme">Theme</label>
        <select id="theme" value={settings.theme} onChange={(e) => set({ theme: e.currentTarget.value as Values['theme'] })}>
          <option value="system">as the system</option>
          <option value="light">light</option>
          <option value="dark">dark</option>
        </select>
        <label for="backend">Backend</label>
        <select id="backend" value={settings.backend ?? ''} onChange={(e) => again({ backend: e.currentTarget.value || undefined } as Partial<Values>)}>
          <option value="">the default</option>
          {status?.backends.map((b) => (
            <option value={b} key={b}>
              {b}
            </option>
          ))}
        </select>
        <label for="bias">Biases</label>
        <select id="bias" value={settings.bias ?? ''} onChange={(e) => again({ bias: e.currentTarget.value || undefined } as Partial<Values>)}>
          <option value="">in no part (the paper’s way)</option>
          <option value="separate">parts of their own</option>
        </select>
        <label for="norm">Final norm before unembedding</label>
        <select id="norm" value={settings.norm} onChange={(e) => set({ norm: e.currentTarget.value as Values['norm'] })}>
          <option value="states">of states</option>
          <option value="both">of states and updates</option>
          <option value="neither">of neither</option>
        </select>
        <span>Long texts</span>
        <label class="check">
          <input type="checkbox" checked={settings.fold} onChange={(e) => set({ fold: e.currentTarget.checked })} />
          fold columns with next to nothing
        </label>
        <span>Many layers</span>
        <label class="check">
          <input type="checkbox" checked={!settings.even} onChange={(e) => set({ even: !e.currentTarget.checked })} />
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

function factRows(facts: Record<string, unknown>, prefix = ''): preact.ComponentChildren {
  return Object.entries(facts).map(([key, value]) => {
    if (key === 'schema') return null;
    const name = `${prefix}${key.replace(/_/g, ' ')}`;
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      return factRows(value as Record<string, unknown>, '');
    }
    const text = Array.isArray(value) ? value.filter((v) => typeof v !== 'object').join(', ') : String(value ?? 'none');
    return text === '' ? null : (
      <>
        <dt>{name}</dt>
        <dd>{text}</dd>
      </>
    );
  });
}
