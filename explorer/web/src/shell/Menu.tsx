import { useEffect, useRef } from 'preact/hooks';

export interface Item {
  name: string;
  /** A few words on what it does. */
  what?: string;
  off?: boolean;
  act: () => void;
}

/** A menu under the button that opened it: arrows move, Escape closes, the focus goes back. */
export function Menu({ name, items, close }: { name: string; items: readonly Item[]; close: () => void }) {
  const menu = useRef<HTMLDivElement>(null);
  const all = () => [...menu.current!.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)')];
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    all()[0]?.focus();
    const onDown = (e: PointerEvent) => {
      const at = e.target as Element;
      // The button itself closes what it opened.
      if (!menu.current!.contains(at) && !at.closest('[aria-haspopup=menu]')) close();
    };
    addEventListener('pointerdown', onDown);
    return () => {
      removeEventListener('pointerdown', onDown);
      if (document.activeElement === document.body || menu.current?.contains(document.activeElement)) before?.focus();
    };
  }, [close]);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Escape' || e.key === 'Tab') {
      if (e.key === 'Escape') e.preventDefault();
      close();
      return;
    }
    const there = all();
    const at = there.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: there.length - 1 }[e.key];
    if (next === undefined) return;
    e.preventDefault();
    there[(next + there.length) % there.length]?.focus();
  };
  return (
    <div class="menu" role="menu" aria-label={name} ref={menu} onKeyDown={onKeyDown}>
      {items.map(({ name: item, what, off, act }) => (
        <button
          key={item}
          role="menuitem"
          tabIndex={-1}
          aria-label={item}
          title={what}
          disabled={off}
          onClick={() => {
            close();
            act();
          }}
        >
          <b>{item}</b>
          {what && <span>{what}</span>}
        </button>
      ))}
    </div>
  );
}
