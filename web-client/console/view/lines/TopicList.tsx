/** What conversations may be about, in the order in which operators see it. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { Field } from "./Field.tsx";
import { OrderedList } from "./OrderedList.tsx";
import type { Sheet } from "./sheet.ts";
import "./TopicList.css";

export function TopicList({ sheet }: { sheet: Sheet }) {
  const frame = useRef<HTMLDivElement>(null);
  const isAdded = useRef(false);
  const { topics } = sheet.form.settings;
  const words = sheet.desk.words.lines.topics;
  const set = (next: readonly string[]) => sheet.set("topics", next);

  // Whoever adds a topic wants to write it.
  useLayoutEffect(() => {
    if (!isAdded.current) return;
    isAdded.current = false;
    [...(frame.current?.querySelectorAll("input") ?? [])].at(-1)?.focus();
  });
  return (
    <Field sheet={sheet} field="topics" as="group">
      <div ref={frame} class="TopicList">
        <OrderedList
          words={sheet.desk.words}
          label={sheet.desk.words.settings.fields.topics}
          items={topics}
          keyOf={(_, index) => index}
          nameOf={words.name}
          canEdit={sheet.canEdit}
          onOrder={set}
          onRemove={(index) => set(topics.filter((_, other) => other !== index))}
          show={(topic, index) => (
            <input
              type="text"
              class="Input TopicList-topic"
              aria-label={words.label(index + 1)}
              value={topic}
              disabled={!sheet.canEdit}
              onInput={(event) => set(topics.with(index, event.currentTarget.value))}
            />
          )}
        />
        {sheet.canEdit && (
          <button
            type="button"
            class="Button"
            data-testid="add-topic"
            onClick={() => {
              isAdded.current = true;
              set([...topics, ""]);
            }}
          >
            {words.add}
          </button>
        )}
      </div>
    </Field>
  );
}
