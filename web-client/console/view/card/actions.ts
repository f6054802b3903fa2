/** What can be done with a customer's card. */

import type { ConversationId, CustomerId } from "../../../client/index.ts";
import type { CardFields, ContactKind } from "../../core/desk/card.ts";

export type CardActions = {
  /** Null: throws away what was written. */
  edit(edits: Partial<CardFields> | null): void;
  save(): void;
  decide(verdict: "confirm" | "reject", kind: ContactKind, value: string): void;
  block(verb: "block" | "unblock"): void;
  /** He is not the person with whom he was merged. */
  part(other: CustomerId): void;
  reload(): void;
  makeLead(conversation: ConversationId, contact: { phone?: string; email?: string }): void;
};
