/** What happened to a conversation, in English. */

export const factEn = {
  offered: (names: string, until: string | null) =>
    until === null ? `Offered to ${names}` : `Offered to ${names} until ${until}`,
  /** Why these were asked before the queue; in brackets after `offered`. */
  offeredVia: {
    queue: "",
    responsible: "responsible for the customer",
    known: "knows the customer",
    transfer: "handed over by a colleague",
    hand: "by hand",
    return: "had it before",
  },
  listed: (name: string) => `also in the list of ${name}, the customer's responsible`,
  nobody: "Nobody can be asked now; the conversation waits",
  accepted: (name: string) => `Accepted: ${name}`,
  declined: (name: string, reason: string | null) => `Declined: ${name}${bracketed(reason)}`,
  missed: (name: string) => `Not answered in time: ${name}`,
  left: (name: string) => `${name} went away, the offer moves on`,
  taken: (name: string) => `Taken from the list: ${name}`,
  takenOver: (name: string, from: string) => `Taken over: ${name}, from ${from}`,
  pickedUp: (name: string) => `Opened by ${name}, after a closed conversation`,
  roundExhausted: (round: number) => `Everybody was asked in round ${round}; nobody accepted`,
  transferred: (name: string, to: string, until: string, comment: string | null) =>
    `${name} hands it to ${to}, who has until ${until}${said(comment)}`,
  transferEnded: {
    declined: (to: string, reason: string | null) =>
      `${to} declined what was handed over${bracketed(reason)}`,
    missed: (to: string) => `${to} did not take what was handed over in time`,
    left: (to: string) => `${to} went away and did not take what was handed over`,
    withdrawn: (to: string) => `Not handed to ${to} after all`,
  },
  moved: (name: string, line: string, comment: string | null) =>
    `${name} handed it to the line ${line}${said(comment)}`,
  cameFrom: (name: string, line: string, comment: string | null) =>
    `${name} handed it over from the line ${line}${said(comment)}`,
  routedAgain: {
    absent: (name: string) => `${name} is away and the customer waits: somebody else is asked`,
    disabled: (name: string) => `${name} is disabled: somebody else is asked`,
    answer_limit: (name: string) => `${name} has not answered in time: somebody else is asked`,
    supervisor: (name: string) => `Taken from ${name}: back to the queue`,
    sender_absent: (name: string) => `${name}, who handed it over, is away: somebody else is asked`,
  },
  by: (name: string) => ` (${name})`,
  returned: (name: string) => `${name} is back before anybody else took it`,
  answerLate: (name: string) => `The customer has waited too long for an answer of ${name}`,
  putOnHold: (name: string, until: string) => `On hold until ${until}: ${name}`,
  holdEnded: (name: string) => `No longer on hold: ${name}`,
  topicChosen: (name: string, topic: string | null) =>
    topic === null ? `Topic taken back: ${name}` : `Topic “${topic}”: ${name}`,
  invited: (name: string, colleague: string) => `${name} asks ${colleague} to help`,
  joined: (name: string) => `${name} takes part`,
  leftAgain: (name: string) => `${name} takes part no longer`,
  finished: (name: string) => `Finished: ${name}`,
  finishedSilently: (name: string) => `Finished without a word to the customer: ${name}`,
  silentTooLong: "The customer was silent for as long as the line allows",
  ratingRequested: "The customer is asked for a rating",
  rated: (rating: string) => `The customer's rating: ${rating}`,
  reviewed: (name: string, stars: string, comment: string | null) =>
    `Review by ${name}: ${stars}${said(comment)}`,
  markedSpam: (name: string) => `Marked as spam: ${name}`,
  markedSpamAndBlocked: (name: string) => `Marked as spam, customer blocked: ${name}`,
  reopened: (name: string) => `The customer wrote again; back with ${name}`,
  closed: "Conversation closed",
  /** After `closed`, with a colon between. */
  closedWhy: {
    finished: "",
    silence: "the customer was silent",
    spam: "spam",
    moved: "it goes on in another line",
    unheard: "it was never open to anybody",
  },
  textSuppressed: (text: string) => `Not sent, as it went out too often of late: ${text}`,
  /** The kinds of automatic messages. */
  texts: {
    welcome: "welcome",
    consent: "consent",
    off_hours: "outside the working hours",
    unanswered: "nobody has answered yet",
    closing: "closing text",
    auto_close: "closing text after silence",
    rate_like: "request for a rating",
    rate_stars: "request for a rating",
  },
  ratings: {
    like: (value: number): string => (value === 1 ? "👍 good" : "👎 bad"),
    stars: (value: number) => `${"★".repeat(value)}${"☆".repeat(5 - value)}`,
  },
  unreachable: (reason: string) => `The customer cannot be reached: ${reason}`,
  reachable: "The customer can be reached again",
};

function bracketed(reason: string | null): string {
  return reason === null ? "" : ` (${reason})`;
}

function said(comment: string | null): string {
  return comment === null ? "" : `: “${comment}”`;
}
