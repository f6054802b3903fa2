/** Why a conversation went where it went, in English. */

import { plural } from "./plural.ts";

const others = (n: number) => plural("en", n, { one: "other was", other: "others were" });

export const whyEn = {
  button: "Why me?",
  short: "why?",
  buttonOther: "Why there?",
  title: "Why did I get this?",
  titleOther: "Why did it go there?",
  decided: (time: string, round: number) => `Decided at ${time}, round ${round}`,
  nobody: "Nobody was eligible; it is tried again the moment somebody is.",
  vias: {
    queue: null,
    responsible: "Whoever is responsible for the customer is asked before the queue.",
    known: "Nobody is responsible, so an operator whom the customer knows is asked before the others.",
    transfer: null,
    hand: null,
    return: null,
  } as Record<"queue" | "responsible" | "known" | "transfer" | "hand" | "return", string | null>,
  listed: (name: string) =>
    `${name} is responsible and not here: it is in that list too, and whoever accepts first has it.`,
  modes: {
    evenly: "The line shares evenly: whoever has received the fewest is next.",
    strictly: "The line asks strictly in the order of its list.",
    all: "The line asks everybody at once; the first to accept has it.",
  },
  chosen: "chosen",
  fewest: (received: number) =>
    received === 0
      ? "has received none so far, the fewest"
      : `has received ${received} so far, the fewest`,
  first: (place: number) => `first in order who could be asked (place ${place})`,
  everybody: "everybody eligible is asked",
  responsible: "responsible for the customer",
  responsibleAway: "responsible for the customer, but not here",
  responsibleDisabled: "responsible for the customer, but no longer works here",
  known: "the customer knows this operator",
  declined: (time: string) => `declined at ${time}`,
  missed: (time: string) => `did not answer by ${time}`,
  sent: (time: string) => `handed it to this line at ${time}`,
  unavailable: "unavailable",
  atCapacity: (load: number, capacity: number) => `at capacity ${load}/${capacity}`,
  tooManyOffers: (n: number) => `has ${n} offers open already, as many as anybody may have`,
  othersEligible: (n: number) => `${others(n)} eligible and came later in order`,
  othersUnavailable: (n: number) => `${others(n)} unavailable`,
  othersAtCapacity: (n: number) => `${others(n)} at capacity`,
};
