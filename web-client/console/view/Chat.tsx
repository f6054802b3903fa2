/** The open chat: who it is, the entries, the box to write in. */

import type { ConversationId, Row } from "../../client/index.ts";
import { openRow } from "../core/select.ts";
import type { Chat as OpenChat } from "../core/chat.ts";
import "./Chat.css";
import { ChatHead } from "./ChatHead.tsx";
import { Entries } from "./Entries.tsx";
import { ReplyBox } from "./ReplyBox.tsx";
import type { Desk } from "./desk.ts";

/** How long after a sign of writing it is shown. */
const TYPING_MS = 5_000;

export function Chat({ desk }: { desk: Desk }) {
  const { chat } = desk.state;
  if (chat === null) return <NothingOpen desk={desk} />;
  const row = openRow(desk.state);
  const { from } = chat;
  return (
    <main class="Chat" data-testid="chat" data-conversation={chat.conversation}>
      {from && <BackTo desk={desk} conversation={from} />}
      {row && <ChatHead key={chat.conversation} desk={desk} row={row} chat={chat} />}
      <ChatBody desk={desk} chat={chat} />
      <Typing desk={desk} chat={chat} />
      {row && <ChatFoot desk={desk} chat={chat} row={row} />}
    </main>
  );
}

function ChatBody({ desk, chat }: { desk: Desk; chat: OpenChat }) {
  const { words, actions } = desk;
  switch (chat.failed) {
    case "not_allowed":
      return (
        <p class="Chat-message">
          {chat.from === null ? words.chat.notAllowed : words.chat.notAllowedPast}
        </p>
      );
    case "unreachable":
      return (
        <p class="Chat-message" role="alert">
          {words.chat.unreachable}
          <button type="button" class="Button" onClick={actions.reloadChat}>
            {words.chat.retry}
          </button>
        </p>
      );
    case null:
      if (chat.isLoading && chat.entries.length === 0) {
        return <p class="Chat-message">{words.chat.loading}</p>;
      }
      return <Entries key={chat.conversation} desk={desk} chat={chat} />;
    default:
      return chat.failed satisfies never;
  }
}

/** The customer is writing, as far as is known. */
function Typing({ desk, chat }: { desk: Desk; chat: OpenChat }) {
  const { typing, clockAheadMs } = desk.state;
  const now = desk.now.value - clockAheadMs;
  const isFresh = typing !== null && now - typing.at < TYPING_MS;
  return (
    <p class="Chat-typing" role="status" data-testid="customer-typing">
      {isFresh && typing.conversation === chat.conversation ? desk.words.chat.typing : ""}
    </p>
  );
}

/** The way back from what was looked up. */
function BackTo({ desk, conversation }: { desk: Desk; conversation: ConversationId }) {
  return (
    <button
      type="button"
      class="Chat-back"
      data-testid="back-to-open"
      onClick={() => desk.actions.open(conversation)}
    >
      ‹ {desk.words.acts.back}
    </button>
  );
}

function ChatFoot({ desk, chat, row }: { desk: Desk; chat: OpenChat; row: Row }) {
  if (chat.isGone) return <p class="Chat-gone">{desk.words.chat.gone}</p>;
  return <ReplyBox key={chat.conversation} desk={desk} row={row} />;
}

function NothingOpen({ desk }: { desk: Desk }) {
  return (
    <main class="Chat Chat--none">
      <div class="Chat-none">
        <span class="Gate-mark Gate-mark--large" aria-hidden="true" />
        <p>{desk.words.chat.none}</p>
        <p class="Chat-hint">{desk.words.chat.noneHint}</p>
      </div>
    </main>
  );
}
