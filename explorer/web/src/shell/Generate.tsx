import { useState } from 'preact/hooks';
import type { GenerateDocument, Token } from '../api/types';
import { useExplorer } from '../state/hooks';
import { quoted, reading } from '../text/tokens';
import { Modal } from './Modal';

/** Lets the model go on with the text; a click on a new token explains why it came. */
export function Generate({ close }: { close: () => void }) {
  const { explorer, state } = useExplorer();
  const shown = state.shown!;
  const [most, setMost] = useState(20);
  const [temperature, setTemperature] = useState(0);
  const [seed, setSeed] = useState(0);
  const [tokens, setTokens] = useState<Token[]>([]);
  const [running, setRunning] = useState<AbortController>();
  const ids = shown.trace.tokens.map((t) => t.id);

  const go = async () => {
    const control = new AbortController();
    setRunning(control);
    setTokens([]);
    const body = { tokens: ids, model: shown.address.m, max_new: most, temperature, top_k: 0, top_p: 1, seed };
    try {
      const document = await explorer.client.compute<GenerateDocument>('api/generate', body, {
        signal: control.signal,
        onEvent: (event, data) => event === 'token' && setTokens((now) => [...now, data as Token]),
      });
      setTokens(document.tokens);
    } catch (e) {
      explorer.fail(e);
    } finally {
      setRunning(undefined);
    }
  };
  // The prediction of a new token is read one position before it.
  const explain = (at: number) => {
    close();
    const all = [...ids, ...tokens.slice(0, at + 1).map((t) => t.id)];
    explorer.go({ p: '', ids: all, t: ids.length + at - 1 });
  };
  return (
    <Modal title="Continue the text" close={close}>
      <div class="fields">
        <label for="most">New tokens</label>
        <input id="most" type="number" min={1} max={512} value={most} onInput={(e) => setMost(Math.max(1, Number(e.currentTarget.value)))} />
        <label for="temperature">Temperature (0: the most probable)</label>
        <input id="temperature" type="number" min={0} max={5} step={0.1} value={temperature} onInput={(e) => setTemperature(Math.max(0, Number(e.currentTarget.value)))} />
        <label for="seed">Seed</label>
        <input id="seed" type="number" min={0} value={seed} onInput={(e) => setSeed(Math.max(0, Number(e.currentTarget.value)))} />
      </div>
      <p class="text" role="log" aria-label="New tokens">
        {tokens.map((t, i) => (
          <button class="link" key={i} aria-label={`Why ${quoted(reading(t.text, t.id))}? New token ${i + 1}`} onClick={() => explain(i)}>
            <bdi>{reading(t.text, t.id)}</bdi>
          </button>
        ))}
      </p>
      {tokens.length > 0 && <p class="hint-text">Click a token to see why it came.</p>}
      <div class="end">
        {running ? <button onClick={() => running.abort()}>Stop</button> : <button onClick={() => void go()}>Continue</button>}
        <button onClick={close}>Close</button>
      </div>
    </Modal>
  );
}
