import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

interface Props<T> {
  name: string;
  items: readonly T[];
  chosen: number;
  label: (item: T) => string;
  choose: (index: number) => void;
  children: (item: T) => ComponentChildren;
}

/** A list to choose one of: one Tab stop, arrows move and choose. */
export function Listbox<T>({ name, items, chosen, label, choose, children }: Props<T>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (e: KeyboardEvent) => {
    const next = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: items.length - 1 }[e.key];
    if (next === undefined) return;
    e.preventDefault();
    choose(Math.max(0, Math.min(items.length - 1, next)));
  };
  return (
    <div
      role="listbox"
      aria-label={name}
      tabIndex={0}
      ref={list}
      aria-activedescendant={chosen >= 0 ? `${slug(name)}-${chosen}` : undefined}
      onKeyDown={onKeyDown}
    >
      {items.map((item, i) => (
        <div
          key={i}
          id={`${slug(name)}-${i}`}
          class="row four"
          role="option"
          aria-selected={i === chosen}
          aria-label={label(item)}
          onClick={() => {
            choose(i);
            list.current!.focus({ preventScroll: true });
          }}
        >
          {children(item)}
        </div>
      ))}
    </div>
  );
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z]+/g, '-');
}
