/** Facts of a conversation's log in words. */

import type { CloseReason, Fact } from "../../client/index.ts";
import { ratingWords, starsWords } from "../i18n/rating.ts";
import { reasonWords } from "../i18n/reason.ts";
import { lineName, personName, type Desk } from "./desk.ts";
import { clock, moment } from "./time.ts";

export function factWords(desk: Desk, fact: Fact): string {
  const words = desk.words.fact;
  const name = (id: string) => personName(desk, id);
  switch (fact.fact) {
    case "routed":
      return routedWords(desk, fact);
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
    case "taken_over":
      return words.takenOver(name(fact.operator), name(fact.from));
    case "picked_up":
      return words.pickedUp(name(fact.operator));
    case "round_exhausted":
      return words.roundExhausted(fact.round);
    case "transferred": {
      const until = clock(desk.words, fact.until);
      return words.transferred(name(fact.operator), name(fact.to), until, fact.comment);
    }
    case "transfer_ended":
      return words.transferEnded[fact.how](name(fact.to), fact.reason);
    case "moved":
      return words.moved(name(fact.operator), lineName(desk, fact.line), fact.comment);
    case "came_from":
      return words.cameFrom(name(fact.operator), lineName(desk, fact.line), fact.comment);
    case "routed_again": {
      const by = fact.by === undefined ? "" : words.by(name(fact.by));
      return words.routedAgain[fact.why](name(fact.from)) + by;
    }
    case "returned":
      return words.returned(name(fact.operator));
    case "answer_late":
      return words.answerLate(name(fact.operator));
    case "put_on_hold":
      return words.putOnHold(name(fact.operator), moment(desk.words, fact.until));
    case "hold_ended":
      return words.holdEnded(name(fact.operator));
    case "topic_chosen":
      return words.topicChosen(name(fact.operator), fact.topic);
    case "invited":
      return words.invited(name(fact.operator), name(fact.colleague));
    case "joined":
      return words.joined(name(fact.operator));
    case "left_again":
      return words.leftAgain(name(fact.operator));
    case "finished":
      return (fact.silent ? words.finishedSilently : words.finished)(name(fact.operator));
    case "silent_too_long":
      return words.silentTooLong;
    case "rating_requested":
      return words.ratingRequested;
    case "rated":
      return words.rated(ratingWords(desk.words, fact));
    case "reviewed": {
      const stars = starsWords(desk.words, fact.stars);
      return words.reviewed(name(fact.operator), stars, fact.comment);
    }
    case "marked_spam":
      return (fact.blocked ? words.markedSpamAndBlocked : words.markedSpam)(name(fact.operator));
    case "reopened":
      return words.reopened(name(fact.operator));
    case "closed":
      return closedWords(desk, fact.reason);
    case "text_suppressed":
      return words.textSuppressed(words.texts[fact.text]);
    case "customer_unreachable":
      return words.unreachable(reasonWords(desk.words, fact.reason));
    case "customer_reachable":
      return words.reachable;
    default:
      return fact satisfies never;
  }
}

function routedWords(desk: Desk, fact: Extract<Fact, { fact: "routed" }>): string {
  const words = desk.words.fact;
  const name = (id: string) => personName(desk, id);
  const until = fact.until && clock(desk.words, fact.until);
  const offered =
    fact.operators.length === 0
      ? words.nobody
      : words.offered(fact.operators.map(name).join(", "), until);
  const via = words.offeredVia[fact.via];
  const listed = fact.listed_for === undefined ? "" : `; ${words.listed(name(fact.listed_for))}`;
  return `${offered}${via === "" ? "" : ` (${via})`}${listed}`;
}

function closedWords(desk: Desk, reason: CloseReason): string {
  const words = desk.words.fact;
  const why = words.closedWhy[reason.why];
  return why === "" ? words.closed : `${words.closed}: ${why}`;
}
