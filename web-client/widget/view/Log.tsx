import type { Message, Writer } from "../core/protocol.ts";
import type { Pending } from "../core/state.ts";
import type { Words } from "../i18n/en.ts";
import type { Actions, Shown } from "./App.tsx";
import { Rating } from "./Rating.tsx";

export function Log({ state, words, actions }: Shown) {
  const messages = state.items.filter((item): item is Message => item.kind === "message");
  const isTyping = state.typingUntil > 0;
  const title = state.widget?.title ?? "";
  const greeting = state.widget?.look.greeting ?? words.greeting;
  return (
    <div class="log" role="log" aria-live="polite" aria-label={words.log} tabIndex={0}>
      <p class="greeting" data-testid="greeting">
        {greeting}
      </p>
      {messages.map((message, at) => (
        <Bubble
          key={`${message.conversation} ${message.n}`}
          message={message}
          named={!isSame(messages[at - 1]?.from, message.from)}
          title={title}
          words={words}
        >
          {message.files && (
            <p data-files={`${message.conversation}/${message.n}`}>
              {message.files.map(({ name }) => name).join(", ")}
            </p>
          )}
          {message.rating !== undefined && (
            <Rating state={state} message={message} words={words} actions={actions} />
          )}
        </Bubble>
      ))}
      {state.pending.map((pending) => (
        <PendingBubble key={pending.id} pending={pending} words={words} actions={actions} />
      ))}
      {isTyping && (
        <p class="typing" data-testid="typing">
          {words.typing(state.chat?.with?.name ?? null)}
        </p>
      )}
    </div>
  );
}

type BubbleProps = {
  message: Message;
  named: boolean;
  title: string;
  words: Words;
  children?: preact.ComponentChildren;
};

function Bubble({ message, named, title, words, children }: BubbleProps) {
  const { from, at } = message;
  const text = message.deleted ? words.deleted : message.text;
  const own = from.who === "visitor";
  const time = new Date(at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  return (
    <article class={own ? "bubble own" : "bubble"} data-testid={own ? "own" : "received"}>
      <p class={named && !own ? "bubble-name" : "hidden"}>{nameOf(from, title, words)}</p>
      {text !== "" && <p class="bubble-text">{text}</p>}
      {children}
      <p class="bubble-foot">
        <time dateTime={at}>{time}</time>
        {own && <span class="hidden">, {words.sent}</span>}
      </p>
    </article>
  );
}

type PendingProps = { pending: Pending; words: Words; actions: Actions };

function PendingBubble({ pending, words, actions }: PendingProps) {
  const { text, refused } = pending;
  const waits = refused === null || refused.code === "form_needed" || refused.code === "consent_needed";
  return (
    <article class="bubble own pending" data-testid="pending">
      <p class="hidden">{words.you}</p>
      <p class="bubble-text">{text}</p>
      <p class="bubble-foot">
        {waits ? (
          words.sending
        ) : (
          <>
            {refused.code === "bad_value" ? words.tooLong : words.failed}{" "}
            <button type="button" class="link" onClick={() => actions.again(pending)}>
              {words.again}
            </button>
          </>
        )}
      </p>
    </article>
  );
}

function nameOf(from: Writer, title: string, words: Words): string {
  switch (from.who) {
    case "visitor":
      return words.you;
    case "person":
      return from.name;
    case "company":
      return title;
    default:
      return from satisfies never;
  }
}

function isSame(one: Writer | undefined, other: Writer): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
