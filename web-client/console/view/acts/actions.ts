/** What can be done at the desk with conversations, beside reading and answering. */

import type { Command, ConversationId, Row } from "../../../client/index.ts";
import type { Dialog } from "../../core/desk/dialog.ts";

export type WorkActions = {
  command(command: Command): void;
  /** Asks the person; null: asks nothing any more. */
  ask(dialog: Dialog | null): void;
  /** The person has answered what was asked. */
  answer(...commands: Command[]): void;
  /** At once, or after a question. */
  finish(row: Row, silent: boolean): void;
  spam(conversations: readonly ConversationId[], block: boolean): void;
  /** Opens it to look something up; one goes back to what is open now. */
  lookUp(conversation: ConversationId): void;
  takeDraft(isUsed: boolean): void;
  readAlarm(key: string): void;
  setChoosing(isChoosing: boolean): void;
  choose(conversation: ConversationId): void;
  showCard(isOpen: boolean): void;
};
