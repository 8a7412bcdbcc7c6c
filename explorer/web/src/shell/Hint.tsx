import { useState } from 'preact/hooks';

const KEY = 'limpid.hint';

/** Three steps at the first visit; once closed, it never returns. */
export function Hint() {
  const [closed, setClosed] = useState(() => localStorage.getItem(KEY) === 'closed');
  if (closed) return null;
  const close = () => {
    localStorage.setItem(KEY, 'closed');
    setClosed(true);
  };
  return (
    <div class="hint" role="group" aria-label="First steps">
      <span>
        <b>1</b> Read the sentence.
      </span>
      <span>
        <b>2</b> Click a broad band: who read what.
      </span>
      <span>
        <b>3</b> Type an own text and press Enter.
      </span>
      <button onClick={close}>Got it</button>
    </div>
  );
}
