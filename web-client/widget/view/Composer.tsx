import { useRef, useState } from "preact/hooks";
import { TEXT_CHARS_MAX } from "../core/protocol.ts";
import type { Words } from "../i18n/en.ts";
import type { Actions } from "./App.tsx";

export function Composer({ words, actions }: { words: Words; actions: Actions }) {
  const [text, setText] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const send = () => {
    if (text.trim() === "") return;
    actions.write(text.trim());
    setText("");
    box.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={box}
        data-first
        data-testid="text"
        rows={1}
        value={text}
        maxLength={TEXT_CHARS_MAX}
        aria-label={words.write}
        placeholder={words.write}
        onInput={(event) => {
          setText(event.currentTarget.value);
          actions.type();
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="composer-send" aria-label={words.send} data-testid="send" disabled={text.trim() === ""}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 12l16-8-6 16-3-7z" />
        </svg>
      </button>
    </form>
  );
}
