import { beforeEach, expect, test } from "vitest";
import { canMakeLead, cardFields, elsewhere, type CardEvent, type Customer } from "../core/desk/card.ts";
import { CHAT, held, Story, wrote } from "./story.ts";

let story: Story;

beforeEach(() => {
  story = Story.atDesk();
  story.shows(held("anna"), held("anna", { conversation: "0-maria", customer: "c-maria" }));
  story.opens();
});

function ivan(change: Partial<Customer> = {}): Customer {
  return {
    id: "c-ivan",
    version: 1,
    name: "Ivan",
    surname: "Petrov",
    identities: [],
    phones: [],
    emails: [],
    responsible: null,
    lead: null,
    owner: null,
    blocked: null,
    claims: null,
    merged: [],
    note: "",
    open: [],
    conversations: [],
    ...change,
  };
}

function on(event: CardEvent): void {
  story.on({ on: "card", event });
}

function reads(value = ivan()): void {
  on({ kind: "read", request: story.state.card?.request ?? 0, value });
}

test("the card is that of the open chat's customer", () => {
  expect(story.state.card).toMatchObject({ customer: "c-ivan", isLoading: true });
  reads();
  expect(story.state.card).toMatchObject({ isLoading: false, value: { name: "Ivan" } });
  story.opens("0-maria");
  expect(story.state.card).toMatchObject({ customer: "c-maria", value: null });
  story.on({ on: "opened", conversation: null });
  expect(story.state.card).toBeNull();
});

test("it stays while another conversation of the same person is looked up", () => {
  reads();
  story.on({ on: "looked_up", conversation: "0-past" });
  expect(story.state.card).toMatchObject({ customer: "c-ivan", value: { name: "Ivan" } });
  story.reads(wrote(1, "hello"));
  expect(story.state.card).toMatchObject({ customer: "c-ivan", value: { name: "Ivan" } });
});

test("an answer to an earlier request is not taken", () => {
  const { request } = story.state.card!;
  story.opens("0-maria");
  on({ kind: "read", request, value: ivan() });
  expect(story.state.card).toMatchObject({ customer: "c-maria", value: null });
});

test("what the customer writes, and who has his conversations, may change it", () => {
  reads();
  story.happens({ kind: "entry", conversation: CHAT, entry: wrote(2, "my number is 4711") });
  expect(story.state.card?.isStale).toBe(true);
  story.on({ on: "card_stale" });
  expect(story.state.card).toMatchObject({ isStale: false, isLoading: true, value: { name: "Ivan" } });
  reads();
  story.happens({ kind: "row", row: held("boris", { conversation: "0-else" }) });
  expect(story.state.card?.isStale).toBe(true);
});

test("what is not touched follows the card, also under a change of somebody else", () => {
  reads();
  on({ kind: "edited", edits: { note: "a regular" } });
  on({ kind: "submitted" });
  on({ kind: "not_changed", problem: { why: "stale" } });
  expect(story.state.card).toMatchObject({ isLoading: true, problem: { why: "stale" } });
  reads(ivan({ version: 2, surname: "Petrov-Vodkin", note: "calls on Mondays" }));
  expect(cardFields(story.state.card!)).toMatchObject({
    surname: "Petrov-Vodkin",
    note: "a regular",
  });
  expect(story.state.card?.problem).toEqual({ why: "stale" });
});

test("once it is saved nobody is writing any more; other changes leave the form alone", () => {
  reads();
  on({ kind: "edited", edits: { name: "Iwan" } });
  on({ kind: "submitted" });
  on({ kind: "changed" });
  expect(story.state.card).toMatchObject({ edits: { name: "Iwan" }, isLoading: true });
  reads();
  on({ kind: "submitted" });
  on({ kind: "saved" });
  reads(ivan({ version: 2, name: "Iwan" }));
  expect(story.state.card).toMatchObject({ edits: null, isBusy: false, value: { name: "Iwan" } });
});

test("the conversation that is open is not elsewhere", () => {
  const open = (conversation: string) => ({ conversation, channel: "bot", line: "sales", operator: null });
  reads(ivan({ open: [open(CHAT), open("0-else")] }));
  expect(elsewhere(story.state.card!, CHAT)).toEqual([open("0-else")]);
});

test("a lead is made of whoever has no open one", () => {
  expect(canMakeLead(story.state.me, story.state.card, held("anna")), "not read yet").toBe(false);
  reads();
  expect(canMakeLead(story.state.me, story.state.card, held("anna"))).toBe(true);
  expect(canMakeLead(story.state.me, story.state.card, held("anna", { customer: "c-maria" }))).toBe(false);
  expect(canMakeLead(story.state.me, story.state.card, held("boris"))).toBe(false);
  const lead = { id: "l1", responsible: null };
  reads(ivan({ lead: { ...lead, status: "open" } }));
  expect(canMakeLead(story.state.me, story.state.card, held("anna"))).toBe(false);
  reads(ivan({ lead: { ...lead, status: "junk" } }));
  expect(canMakeLead(story.state.me, story.state.card, held("anna"))).toBe(true);
});
