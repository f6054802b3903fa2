/** The settings of a line in English: sections, fields, what one may choose. */

import type { ChoiceFieldName, FieldName, SectionName, ValueOf } from "../core/fields.ts";

/** A choice and what it means. */
export type Choice = { name: string; means: string };

const fields: Record<FieldName, string> = {
  name: "Name",
  active: "Active",
  language: "Language of the texts",
  "queue.mode": "Who is offered a conversation",
  "queue.operators": "Queue",
  "queue.offer_timeout_seconds": "Time to accept an offer",
  "queue.require_available": "Only to operators who are available",
  "queue.known_operator_days": "First to the operator who knows the customer, for",
  "unanswered.rule": "When everybody has declined or missed it",
  "unanswered.text_on_requeue": "Send the text too",
  "unanswered.after_seconds": "The text goes out after a wait of",
  "unanswered.text": "Text while nobody has answered",
  "answer.limit_seconds": "A customer waits for an answer at most",
  "answer.rule": "When that time is over",
  "hours.enabled": "Keep working hours",
  "hours.calendar_of": "Calendar",
  "hours.timezone": "Time zone",
  "hours.week": "Week",
  "hours.holidays": "Holidays and special days",
  "hours.rule": "A message outside the hours",
  "hours.text": "Text outside the hours",
  "welcome.enabled": "Welcome the customer",
  "welcome.each_conversation": "In every conversation",
  "welcome.text": "Text of the welcome",
  "consent.enabled": "Ask for consent",
  "consent.text": "Text of the consent",
  "closing.rule": "When an operator finishes, the customer gets",
  "closing.text": "Text at the end",
  "closing.reopen_window_seconds": "Reopened by a message within",
  "auto_close.after_seconds": "Closed after the customer's silence of",
  "auto_close.rule": "The customer then gets",
  "auto_close.text": "Text after silence",
  "rating.scale": "Scale",
  "rating.time_limit_seconds": "A rating is accepted for",
  "crm.check": "Look the customer up",
  "crm.forward_to_responsible": "Offer to the responsible operator first",
  "crm.create": "For an unknown customer",
  "crm.transfer_changes_responsible": "A transfer moves the responsibility too",
  "crm.track_contacts": "Keep contacts that the customer types",
  topics: "Topics",
  topic_required: "A topic must be chosen to finish",
  operator_shown_as: "Whoever answers is shown as",
  personas: "Names and pictures for customers",
  "retention.days": "Closed conversations are kept for",
};

const hints: Partial<Record<FieldName, string>> = {
  name: "Operators see it in every list. Customers never do.",
  active:
    "An inactive line stores what customers write and routes nothing. Once active, it routes what waits.",
  language: "Of the default texts. Each of them can be replaced by your own.",
  "queue.require_available":
    "Off: everybody is asked in order, absent or not; absence then is not counted as a miss.",
  "queue.known_operator_days":
    "If nobody is responsible: whoever holds another conversation of this customer, else who finished his last one within these days. 0: off.",
  "unanswered.text_on_requeue": "Once in a conversation.",
  "unanswered.after_seconds":
    "Of open hours; at the end of the round, if that comes first. 0: at the end of the round.",
  "answer.limit_seconds": "Of open hours, in a conversation that an operator holds. 0: no limit.",
  "hours.enabled": "Off: open round the clock.",
  "retention.days":
    "Then they are deleted for good, with their messages and files. Customers' cards stay. 0: kept for ever.",
  "welcome.enabled":
    "After the first message. Outside the hours, the text of the hours stands for it.",
  "welcome.each_conversation": "Off: only after the customer's first message ever.",
  "consent.enabled":
    "Customers of messengers get the text once, with the welcome. Consent is kept on the card.",
  "closing.reopen_window_seconds": "The same conversation goes on with the same operator. 0: never.",
  "auto_close.after_seconds": "Counted from an operator's message. 0: never.",
  "rating.scale": "Buttons where the channel has them, otherwise these digits.",
  "rating.time_limit_seconds": "From the request on.",
  "crm.check": "By identity, then by phone and e-mail.",
  "crm.forward_to_responsible": "Even when he is not in the queue.",
  "crm.transfer_changes_responsible": "For the lead, when an operator transfers by hand.",
  "crm.track_contacts":
    "As claimed: they help to find him, and neither merge cards nor show another's history.",
  topics: "What a conversation may be about, in this order.",
};

const choices: { [F in ChoiceFieldName]: Record<ValueOf<F>, Choice> } = {
  language: {
    en: { name: "English", means: "" },
    ru: { name: "Russian", means: "" },
  },
  "queue.mode": {
    evenly: { name: "Evenly", means: "Everybody receives the same number: the fewest so far is next." },
    strictly: { name: "Strictly in order", means: "The first of the list who is free, then the next." },
    all: { name: "All at once", means: "Everybody who is free; the first to accept has it." },
  },
  "unanswered.rule": {
    requeue: { name: "Ask all again", means: "A new round, again and again, until it is answered." },
    reply: { name: "Text to the customer", means: "It stays in the unanswered list for whoever takes it." },
    nothing: { name: "Nothing", means: "It stays in the unanswered list, without a text." },
  },
  "answer.rule": {
    requeue: {
      name: "Route it again",
      means: "If the operator has not written a word; otherwise alert.",
    },
    alert: { name: "Alert", means: "The operator and the supervisors see and hear it." },
  },
  "hours.rule": {
    reply: { name: "Gets the text", means: "Once for each closed time and conversation." },
    nothing: { name: "Gets no text", means: "It waits for the opening." },
  },
  "closing.rule": {
    reply: { name: "The text", means: "" },
    rating: { name: "The text and a request to rate", means: "" },
    nothing: { name: "Nothing", means: "" },
  },
  "auto_close.rule": {
    reply: { name: "The text", means: "" },
    rating: { name: "The text and a request to rate", means: "" },
    nothing: { name: "Nothing", means: "" },
  },
  "rating.scale": {
    like: { name: "Good or bad", means: "1 is good, 0 is bad." },
    stars: { name: "Stars", means: "From 1 to 5." },
  },
  "crm.create": {
    auto: { name: "A lead by itself", means: "If the customer can be reached again." },
    manual: { name: "A button in the chat", means: "The operator makes the lead." },
    none: { name: "No lead", means: "" },
  },
  operator_shown_as: {
    name: { name: "The operator's name", means: "" },
    persona: { name: "A name of this line's own", means: "Who has none is shown as the company." },
    hidden: { name: "The company", means: "" },
  },
};

export const settingsEn = {
  sections: {
    general: "General",
    queue: "Queue",
    unanswered: "Unanswered",
    answer: "Answer limit",
    hours: "Hours",
    greeting: "Welcome and consent",
    closing: "Closing",
    silence: "Silence",
    rating: "Rating",
    crm: "Customers (CRM)",
    topics: "Topics",
    shown: "What customers see",
    keeping: "Keeping",
  } satisfies Record<SectionName, string>,
  fields,
  hints,
  choices,
};
