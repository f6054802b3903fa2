/** What I can make of a message of mine that the customer has. */

import type { Entry, Message } from "../../client/index.ts";
import { openRow, writing } from "../core/select.ts";
import "./EntryMenu.css";
import { Menu } from "./Menu.tsx";
import type { Desk } from "./desk.ts";

export function EntryMenu({ desk, entry, message }: { desk: Desk; entry: Entry; message: Message }) {
  const { state, words, actions } = desk;
  const row = openRow(state);
  if (row === null || !isMine(desk, entry) || !isThere(message)) return null;
  if (!writing(state, row)?.canReply) return null;
  const corrects = state.channels[row.channel]?.corrects ?? true;
  const unavailable = corrects ? undefined : words.entry.cannotCorrect;
  const id = row.conversation;
  return (
    <span class="EntryMenu">
      <Menu
        label="⋯"
        hint={words.entry.more}
        isSymbol
        testId="entry-menu"
        items={[
          {
            label: words.entry.edit,
            testId: "entry-edit",
            unavailable,
            onChoose: () => actions.beginEdit(id, entry.n, message.text),
          },
          {
            label: words.entry.remove,
            testId: "entry-delete",
            isGrave: true,
            unavailable,
            onChoose: () => actions.remove(id, entry.n),
          },
        ]}
      />
    </span>
  );
}

function isMine({ state }: Desk, { author }: Entry): boolean {
  return author.kind === "operator" && author.id === state.me?.id;
}

/** The customer has it, and nothing is just being made of it. */
function isThere({ delivery, deleted_at, correction }: Message): boolean {
  if (deleted_at !== undefined || (correction && correction.failed === undefined)) return false;
  switch (delivery?.state) {
    case "sent":
    case "delivered":
    case "read":
      return true;
    case "pending":
    case "failed":
    case "unconfirmed":
    case undefined:
      return false;
    default:
      return delivery satisfies undefined;
  }
}
