import { useEffect, useRef, useState } from 'preact/hooks';
import { useDocument, useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import type { Dialog } from './Page';

/** The text of an address; of tokens, what they read as, without the model's own start. */
function textOf({ address, trace }: Shown): string {
  if (!address.ids) return address.p;
  return trace.tokens.map((t, i) => (i === 0 && /^<.*>$/.test(t.text ?? '') ? '' : t.text)).join('');
}

/** The bar: what to run, on which model, and the tools. */
export function Bar({ open, dialog }: { open: (d: Dialog | undefined) => void; dialog: Dialog | undefined }) {
  const { explorer, state } = useExplorer();
  const { shown, status, working } = state;
  const field = useRef<HTMLTextAreaElement>(null);
  const [tall, setTall] = useState(false);
  const [menu, setMenu] = useState(false);
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
    explorer.run({ p, m: name });
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
  const tool = (which: Dialog) => () => {
    setMenu(false);
    open(dialog === which ? undefined : which);
  };
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
        onChange={(e) => explorer.run({ m: e.currentTarget.value, p: text })}
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
        <button aria-haspopup="menu" aria-expanded={dialog === 'export'} id="export-button" onClick={tool('export')}>
          Export
        </button>
        <button aria-haspopup="dialog" onClick={tool('settings')}>
          Settings
        </button>
        <button aria-haspopup="dialog" aria-label="Keyboard help" onClick={tool('help')}>
          ?
        </button>
        <button class="more-button" aria-label="Menu" aria-haspopup="menu" aria-expanded={menu} onClick={() => setMenu(!menu)}>
          ☰
        </button>
        {menu && (
          <div
            class="menu"
            role="menu"
            aria-label="Tools"
            onKeyDown={(e) => e.key === 'Escape' && setMenu(false)}
          >
            <button role="menuitem" onClick={tool('export')}>
              Export
            </button>
            <button role="menuitem" onClick={tool('settings')}>
              Settings
            </button>
            <button role="menuitem" onClick={tool('help')}>
              Keyboard help
            </button>
          </div>
        )}
      </nav>
    </header>
  );
}
