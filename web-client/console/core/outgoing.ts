/** Texts that were sent and are not yet among the entries. */

import type { Upload } from "./desk/uploads.ts";
import type { CommandId, ConversationId, Entry, EntryNumber, OperatorId } from "../../client/index.ts";

export type Outgoing = {
  id: CommandId;
  conversation: ConversationId;
  text: string;
  isNote: boolean;
  /** The files that go with it, to be there again if it is refused. */
  uploads: readonly Upload[];
  /** Its entry comes after this one. */
  after: EntryNumber;
  /** It is stored; only its entry has not come yet. */
  isStored?: true;
};

/** Leaves out those whose entries are there now. Each entry answers for one. */
export function withoutArrived(
  outgoing: readonly Outgoing[],
  conversation: ConversationId,
  entries: readonly Entry[],
  me: OperatorId | undefined,
): readonly Outgoing[] {
  let left = outgoing;
  for (const entry of entries) {
    const arrived = left.find((sent) => sent.conversation === conversation && isIt(sent, entry, me));
    if (arrived) left = left.filter((sent) => sent !== arrived);
  }
  return left;
}

function isIt(sent: Outgoing, entry: Entry, me: OperatorId | undefined): boolean {
  const { author, body } = entry;
  if (author.kind !== "operator" || author.id !== me || entry.n <= sent.after) return false;
  if (body.kind === "fact") return false;
  return (body.kind === "note") === sent.isNote && body.text.trim() === sent.text.trim();
}

export function settled(outgoing: readonly Outgoing[], id: CommandId): readonly Outgoing[] {
  return outgoing.map((sent) => (sent.id === id ? { ...sent, isStored: true } : sent));
}
