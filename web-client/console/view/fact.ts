/** Facts of a conversation's log in words. */

import type { Fact } from "../../client/index.ts";
import { reasonWords } from "../i18n/reason.ts";
import { personName, type Desk } from "./desk.ts";
import { clock } from "./time.ts";

export function factWords(desk: Desk, fact: Fact): string {
  const words = desk.words.fact;
  const name = (id: string) => personName(desk, id);
  switch (fact.fact) {
    case "routed":
      if (fact.operators.length === 0) return words.nobody;
      return words.offered(
        fact.operators.map(name).join(", "),
        fact.until && clock(desk.words, fact.until),
      );
    case "accepted":
      return words.accepted(name(fact.operator));
    case "declined":
      return words.declined(name(fact.operator), fact.reason);
    case "missed":
      return words.missed(fact.operators.map(name).join(", "));
    case "left":
      return words.left(name(fact.operator));
    case "taken":
      return words.taken(name(fact.operator));
    case "round_exhausted":
      return words.roundExhausted(fact.round);
    case "finished":
      return words.finished(name(fact.operator));
    case "reopened":
      return words.reopened(name(fact.operator));
    case "closed":
      return words.closed;
    case "customer_unreachable":
      return words.unreachable(reasonWords(desk.words, fact.reason));
    case "customer_reachable":
      return words.reachable;
    default:
      return fact satisfies never;
  }
}
