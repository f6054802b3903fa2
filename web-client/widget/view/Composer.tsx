import { TEXT_CHARS_MAX } from "../core/protocol.ts";
import type { Words } from "../i18n/en.ts";
import type { Actions } from "./App.tsx";

/** What is being written stays in the box itself: nothing else looks at it. */
export function Composer({ words, actions }: { words: Words; actions: Actions }) {
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        const box = event.currentTarget.elements.namedItem("text") as HTMLTextAreaElement;
        const text = box.value.trim();
        if (text !== "") actions.write(text);
        box.value = "";
        box.focus();
      }}
    >
      <label class="composer-attach">
        <input
          type="file"
          multiple
          class="hidden"
          aria-label={words.attach}
          data-testid="attach"
          onChange={({ currentTarget: input }) => {
            actions.attach([...(input.files ?? [])]);
            input.value = "";
          }}
        />
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M19 11l-8 8a5 5 0 0 1-7-7l9-9a3 3 0 0 1 5 5l-9 9a1 1 0 0 1-2-2l8-8" />
        </svg>
      </label>
      <textarea
        data-first="true"
        data-testid="text"
        name="text"
        rows={1}
        maxLength={TEXT_CHARS_MAX}
        aria-label={words.write}
        placeholder={words.write}
        onInput={actions.type}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
      <button type="submit" class="composer-send" aria-label={words.send} data-testid="send">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 12l16-8-6 16-3-7z" />
        </svg>
      </button>
    </form>
  );
}
