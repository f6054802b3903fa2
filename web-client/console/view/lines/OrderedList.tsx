/** A list whose order matters: put in order by dragging a handle, or by arrow keys on it. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { moved } from "../../core/line-form.ts";
import type { Words } from "../../i18n/en.ts";
import "./OrderedList.css";

type OrderedListProps<T> = {
  words: Words;
  label: string;
  items: readonly T[];
  keyOf: (item: T, index: number) => string | number;
  nameOf: (item: T) => string;
  show: (item: T, index: number) => ComponentChildren;
  canEdit: boolean;
  onOrder: (items: readonly T[]) => void;
  onRemove: (index: number) => void;
};

export function OrderedList<T>(props: OrderedListProps<T>) {
  const { words, items, nameOf, canEdit } = props;
  const list = useRef<HTMLOListElement>(null);
  const refocus = useRef<number | null>(null);
  const [said, setSaid] = useState("");
  const [dragged, setDragged] = useState<number | null>(null);

  // Whatever moves in the document loses the focus.
  useLayoutEffect(() => {
    if (refocus.current === null) return;
    handles(list.current)[refocus.current]?.focus();
    refocus.current = null;
  });

  const move = (from: number, to: number) => {
    const item = items[from];
    if (item === undefined || to < 0 || to >= items.length || from === to) return;
    props.onOrder(moved(items, from, to));
    setSaid(words.lines.order.movedTo(nameOf(item), to + 1, items.length));
  };
  const pressed = (event: KeyboardEvent, index: number) => {
    const to = target(event.key, index, items.length);
    if (to === null) return;
    event.preventDefault();
    refocus.current = Math.min(Math.max(to, 0), items.length - 1);
    move(index, to);
  };
  const grabbed = (event: PointerEvent, index: number) => {
    if (event.button !== 0) return;
    event.preventDefault();
    // The list stays where it is; what is dragged moves in the document and would let go.
    list.current?.setPointerCapture(event.pointerId);
    setDragged(index);
  };
  const dragging = (event: PointerEvent) => {
    if (dragged === null) return;
    const over = rowAt(list.current, event.clientY);
    if (over === null || over === dragged) return;
    move(dragged, over);
    setDragged(over);
  };
  return (
    <>
      <ol
        ref={list}
        class={dragged === null ? "OrderedList" : "OrderedList OrderedList--dragging"}
        aria-label={props.label}
        onPointerMove={dragging}
        onPointerUp={() => setDragged(null)}
        onPointerCancel={() => setDragged(null)}
      >
        {items.map((item, index) => (
          <li
            key={props.keyOf(item, index)}
            class={dragged === index ? "OrderedList-item OrderedList-item--dragged" : "OrderedList-item"}
            data-testid="ordered"
          >
            {canEdit && (
              <button
                type="button"
                class="OrderedList-handle"
                aria-label={words.lines.order.move(nameOf(item))}
                title={words.lines.order.hint}
                data-testid="handle"
                onKeyDown={(event) => pressed(event, index)}
                onPointerDown={(event) => grabbed(event, index)}
              >
                ⠿
              </button>
            )}
            <span class="OrderedList-place" aria-hidden="true">
              {index + 1}
            </span>
            <div class="OrderedList-content">{props.show(item, index)}</div>
            {canEdit && (
              <button
                type="button"
                class="OrderedList-remove"
                aria-label={words.lines.order.remove(nameOf(item))}
                title={words.lines.order.remove(nameOf(item))}
                data-testid="remove"
                onClick={() => props.onRemove(index)}
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ol>
      <p class="Hidden" aria-live="polite" data-testid="order-said">
        {said}
      </p>
    </>
  );
}

function target(key: string, index: number, length: number): number | null {
  switch (key) {
    case "ArrowUp":
      return index - 1;
    case "ArrowDown":
      return index + 1;
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return null;
  }
}

function handles(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>(".OrderedList-handle") ?? [])];
}

/** The row at that height; above all the first, below all the last. */
function rowAt(list: HTMLElement | null, y: number): number | null {
  if (list === null || list.children.length === 0) return null;
  const below = [...list.children].findIndex((row) => y < row.getBoundingClientRect().bottom);
  return below < 0 ? list.children.length - 1 : below;
}
