/** What calls for attention, and what the lists say of a conversation, in English. */

import { plural } from "./plural.ts";

const count = (n: number, one: string, other: string) => plural("en", n, { one, other });

export const callsEn = {
  alarms: "Alarms",
  nobodyAvailable: (line: string) => `Nobody is available in the line ${line}.`,
  answerLate: (customer: string, name: string, line: string) =>
    `${customer} has waited too long for an answer of ${name}, line ${line}.`,
  answerLateMine: (customer: string) => `${customer} has waited too long for your answer.`,
  open: "Open",
  dismiss: "Got it",
  setAway: "You were set away because you missed two offers in a row.",
  imBack: "I am back",
  memoryFillsUp: (percent: number) =>
    `The store uses ${percent} % of its memory. From 90 % on no new conversations are taken.`,
  memoryFull: (percent: number) =>
    `The store uses ${percent} % of its memory: no new conversations are taken. Give it more memory.`,
  draftBy: (name: string) => `Draft by ${name}`,
  draftUse: "Use",
  draftDiscard: "Discard",
  draftNote: "Save or clear your note first.",
  continues: "Goes on from an earlier conversation",
  goesOn: (line: string) => `It goes on in the line ${line}`,
  openPart: "Open",
};

export const badgesEn = {
  via: {
    responsible: "your customer",
    known: "the customer knows you",
    transfer: (name: string, comment: string | null) =>
      comment === null ? `handed over by ${name}` : `handed over by ${name}: “${comment}”`,
    return: "was yours before",
  },
  late: "waits too long",
  back: "back from hold",
  hold: (time: string) => `on hold until ${time}`,
  helps: (names: string) => `also here: ${names}`,
  rating: (rating: string) => `customer: ${rating}`,
  review: (stars: string) => `supervisor: ${stars}`,
  closingSilence: "finished, the customer was silent",
  closed: {
    finished: "closed",
    silence: "closed, the customer was silent",
    spam: "spam",
    moved: "handed to another line",
    unheard: "only stored",
  },
};

export const choosingEn = {
  begin: "Choose several",
  end: "Done",
  choose: (customer: string) => `Choose: ${customer}`,
  chosen: (n: number) => `${n} chosen`,
  most: (n: number) => `at most ${count(n, "conversation", "conversations")} at once`,
  spam: "Spam…",
  spamAndBlock: "Spam and block…",
};

export const unheardEn = {
  blocked: "blocked customer",
  automatic: "automatic message",
  unasked_rating: "rating nobody asked for any more",
};
