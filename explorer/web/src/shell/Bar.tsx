import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useDocument, useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import { ExportMenu } from './Export';
import { Menu } from './Menu';
import type { Dialog } from './Page';

/** The text of an address; of tokens, what they read as, without the model's own start. */
function textOf({ address, trace }: Shown): string {
  if (!address.ids) return address.p;
  return trace.tokens.map((t, i) => (i === 0 && /^<.*>$/.test(t.text ?? '') ? '' : t.text)).join('');
}

/** The bar: what to run, on which model, and the tools. */
export function Bar({ open }: { open: (d: Dialog) => void }) {
  const { explorer, state } = useExplorer();
  const { shown, status, working } = state;
  const field = useRef<HTMLTextAreaElement>(null);
  const [tall, setTall] = useState(false);
  const [menu, setMenu] = useState<'export' | 'tools'>();
  const text = state.draft ?? (shown ? textOf(shown) : '');
  const name = shown?.address.m ?? status?.default_model ?? '';
  const model = status?.models.find((m) => m.name === name);
  const configured = useDocument<{ sentences: string[] }>(status ? 'api/sentences' : undefined).data?.sentences ?? [];
  const examples = configured.length > 0 ? configured : (model?.examples ?? []);
  const limit = status?.limits.max_characters ?? Infinity;

  const run = (p: string) => {
    setTall(false);
    if (p.length > limit) {
      explorer.set({ alert: { message: `The text has ${p.length.toLocaleString('en')} characters; at most ${limit.toLocaleString('en')} are read.` } });
      return;
    }
    explorer.go({ p, m: name });
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      run(text);
    } else if (e.key === 'Enter') {
      setTall(true);
    } else if (e.key === 'Escape') {
      setTall(false);
    }
  };
  // The field shows its end, where the model goes on.
  useEffect(() => {
    if (!tall && field.current && document.activeElement !== field.current) field.current.scrollLeft = 0;
  }, [text, tall]);
  const close = useCallback(() => setMenu(undefined), []);
  const toggle = (which: 'export' | 'tools') => () => setMenu(menu === undefined ? which : undefined);
  const lines = /\n/.test(text) || tall;
  return (
    <header class="bar">
      <h1>Limpid</h1>
      <div class="prompt">
        <textarea
          ref={field}
          aria-label="Prompt"
          rows={1}
          spellcheck={false}
          dir="auto"
          class={tall ? 'tall' : ''}
          placeholder="Type a text, or choose a sentence."
          value={text}
          onInput={(e) => explorer.set({ draft: e.currentTarget.value })}
          onKeyDown={onKeyDown}
          onFocus={() => setTall(lines || text.length > 120)}
          onBlur={() => setTall(false)}
        />
        <select
          class="sentence"
          aria-label="Sentence"
          title="Examples"
          value=""
          onChange={(e) => {
            const chosen = examples[Number(e.currentTarget.value)];
            e.currentTarget.value = '';
            if (chosen !== undefined) run(chosen);
          }}
        >
          <option value="" hidden></option>
          {examples.map((s, i) => (
            <option value={String(i)} key={i}>
              {s}
            </option>
          ))}
        </select>
      </div>
      <select
        class="model"
        aria-label="Model"
        value={name}
        onChange={(e) => explorer.go({ m: e.currentTarget.value, p: text })}
      >
        {status?.models.map((m) => (
          <option value={m.name} key={m.name}>
            {m.name}
          </option>
        ))}
      </select>
      {working ? (
        <button class="primary" key="go" onClick={() => explorer.cancel()}>
          Cancel
        </button>
      ) : (
        <button class="primary" key="go" disabled={!status} onClick={() => run(text)}>
          Explain
        </button>
      )}
      <nav class="tools-nav" aria-label="Tools">
        <button aria-haspopup="menu" aria-expanded={menu === 'export'} onClick={toggle('export')}>
          Export
        </button>
        <button aria-haspopup="dialog" onClick={() => open('settings')}>
          Settings
        </button>
        <button aria-haspopup="dialog" aria-label="Keyboard help" onClick={() => open('help')}>
          ?
        </button>
        <button class="more-button" aria-label="Menu" aria-haspopup="menu" aria-expanded={menu !== undefined} onClick={toggle('tools')}>
          ☰
        </button>
        {menu === 'export' && <ExportMenu close={close} generate={() => open('generate')} />}
        {menu === 'tools' && (
          <Menu
            name="Tools"
            close={close}
            items={[
              { name: 'Export', act: () => setMenu('export') },
              { name: 'Settings', act: () => open('settings') },
              { name: 'Keyboard help', act: () => open('help') },
            ]}
          />
        )}
      </nav>
    </header>
  );
}
