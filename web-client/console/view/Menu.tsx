/** A button with a list of things to do below it. */

import { useEffect, useRef, useState } from "preact/hooks";
import "./Menu.css";

export type MenuItem = {
  label: string;
  testId: string;
  isGrave?: boolean;
  /** Why it cannot be done here: it is shown all the same, and does nothing. */
  unavailable?: string | undefined;
  onChoose: () => void;
};

type MenuProps = {
  label: string;
  hint: string;
  /** The label is no word: the hint is said instead. */
  isSymbol?: true;
  testId: string;
  items: readonly MenuItem[];
};

export function Menu({ label, hint, isSymbol, testId, items }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const place = useRef<HTMLSpanElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    const elsewhere = (event: Event) => {
      if (!place.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("focusin", elsewhere);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("focusin", elsewhere);
    };
  }, [isOpen]);
  return (
    <span class="Menu" ref={place}>
      <button
        ref={button}
        type="button"
        class="Button"
        title={hint}
        aria-label={isSymbol ? hint : undefined}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid={testId}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && <Items items={items} onClose={close} />}
    </span>
  );
}

type ItemsProps = { items: readonly MenuItem[]; onClose: () => void };

function Items({ items, onClose }: ItemsProps) {
  const list = useRef<HTMLDivElement>(null);
  const buttons = () => [...(list.current?.querySelectorAll("button") ?? [])];
  useEffect(() => buttons()[0]?.focus(), []);
  const keyed = (event: KeyboardEvent) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") onClose();
    else if (to !== undefined) all.at(to % all.length)?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div class="Menu-items" role="menu" ref={list} onKeyDown={keyed}>
      {items.map((item) => (
        <button
          key={item.testId}
          type="button"
          role="menuitem"
          class={item.isGrave ? "Menu-item Menu-item--grave" : "Menu-item"}
          data-testid={item.testId}
          aria-disabled={item.unavailable !== undefined}
          onClick={() => {
            onClose();
            if (item.unavailable === undefined) item.onChoose();
          }}
        >
          {item.label}
          {item.unavailable && <span class="Menu-unavailable">{item.unavailable}</span>}
        </button>
      ))}
    </div>
  );
}
