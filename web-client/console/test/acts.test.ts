import { beforeEach, expect, test } from "vitest";
import type { Row } from "../../client/index.ts";
import { finishing, openDialog } from "../core/desk/dialog.ts";
import { can, type Act } from "../core/desk/possible.ts";
import { inOrder, lineTrouble, operatorTrouble } from "../core/desk/targets.ts";
import { CHAT, held, line, offered, row, Story, wrote } from "./story.ts";

let story: Story;

beforeEach(() => {
  story = Story.atDesk();
});

const ACTS: readonly Act[] = [
  "take",
  "take_over",
  "transfer",
  "move",
  "withdraw",
  "invite",
  "join",
  "leave",
  "hold",
  "topic",
  "finish",
  "spam",
  "release",
  "review",
  "pick_up",
];

function possible(shown: Row): Act[] {
  story.shows(shown);
  return ACTS.filter((act) => can(story.state, act, shown));
}

function oversees(): void {
  const me = story.state.me!;
  story.on({ on: "signed_in", me: { ...me, role: "supervisor", queues: [], supervises: ["sales"] } });
}

test("an operator does with a conversation what its state lets be done", () => {
  expect(possible(row())).toEqual(["take", "spam"]);
  expect(possible(row({ line: "elsewhere" }))).toEqual([]);
  expect(possible(offered("anna"))).toEqual(["spam"]);
  expect(possible(offered("boris"))).toEqual(["take", "spam"]);
  expect(possible(held("boris"))).toEqual([]);
  expect(possible(held("anna"))).toEqual(["transfer", "move", "invite", "hold", "finish", "spam"]);
  expect(possible(held("anna", { state: "closing" }))).toEqual(["spam"]);
  expect(possible(held("anna", { state: "closed" }))).toEqual(["pick_up"]);
});

test("a supervisor also does what overseeing is for", () => {
  oversees();
  expect(possible(row())).toEqual(["take", "move", "join", "finish", "spam"]);
  expect(possible(held("boris"))).toEqual([
    "take_over",
    "move",
    "join",
    "finish",
    "spam",
    "release",
  ]);
  expect(possible(held("boris", { state: "closed" }))).toEqual(["review", "pick_up"]);
  expect(possible(held("boris", { joined: ["anna"] }))).toContain("leave");
});

test("what is on its way to a colleague is only taken back, by whoever handed it on", () => {
  const handed = { ...offered("boris"), handed_by: "anna", held: ["anna"] };
  expect(possible(handed)).toEqual(["withdraw", "spam"]);
  expect(possible({ ...handed, handed_by: "vera", held: ["vera"] })).toEqual(["spam"]);
  oversees();
  expect(possible({ ...handed, handed_by: "vera", held: ["vera"] })).toContain("take_over");
});

test("of a customer of mine that came while I was away I take what others are asked", () => {
  const listed = { ...offered("boris"), line: "elsewhere", listed_for: "anna" };
  expect(possible(listed)).toEqual(["take", "spam"]);
});

test("what goes on in another line is not picked up here", () => {
  const reason = { why: "moved", line: "support", next: "0-next" } as const;
  expect(possible(held("anna", { state: "closed", reason }))).toEqual([]);
});

test("a topic is chosen where the line has any", () => {
  story.shows(held("anna"));
  expect(can(story.state, "topic", held("anna"))).toBe(false);
  story.happens({ kind: "line", line: line({ topics: ["Delivery"] }) });
  expect(can(story.state, "topic", held("anna"))).toBe(true);
  expect(can(story.state, "topic", held("boris"))).toBe(false);
});

test("one's own is finished at once, another's after a question", () => {
  story.shows(held("anna"));
  expect(finishing(story.state, held("anna"), false)).toMatchObject({ type: "finish", silent: false });
  oversees();
  expect(finishing(story.state, held("boris"), true)).toMatchObject({ kind: "finish", silent: true });
});

test("where the line wants a topic, finishing asks for it", () => {
  story.shows(held("anna"));
  story.happens({ kind: "line", line: line({ topics: ["Delivery"], topic_required: true }) });
  expect(finishing(story.state, held("anna"), true)).toMatchObject({ kind: "topic", silent: true });
  const named = held("anna", { topic: "Delivery" });
  expect(finishing(story.state, named, true)).toMatchObject({ type: "finish" });
});

const REFUSED = { outcome: "refused", message: "" } as const;

test("a topic that is wanted unexpectedly is asked for instead of complaining", () => {
  story.shows(held("anna"));
  story.commands("c1", { type: "finish", conversation: CHAT, silent: false });
  story.isAnswered("c1", { ...REFUSED, code: "topic_required" });
  expect(openDialog(story.state)).toEqual({ kind: "topic", conversation: CHAT, silent: false });
  expect(story.state.notice).toBeNull();
});

test("a target that cannot take it at once is asked about, with what was to be sent", () => {
  story.shows(held("anna"));
  const to = { kind: "operator", id: "boris" } as const;
  const command = { type: "transfer", conversation: CHAT, to, comment: "his", confirmed: false } as const;
  story.commands("c1", command);
  story.isAnswered("c1", { ...REFUSED, code: "confirm", target: "absent" });
  expect(openDialog(story.state)).toMatchObject({ kind: "confirm_transfer", command, target: "absent" });
  story.happens({ kind: "row", row: held("boris") });
  expect(openDialog(story.state), "it is not mine any more").toBeNull();
});

test("the dialog of a transfer asks anew who is there", () => {
  story.shows(held("anna"));
  const dialog = { kind: "transfer", conversation: CHAT } as const;
  story.on({ on: "work", event: { kind: "asks", dialog } });
  const first = story.state.work.targets!.request;
  story.on({ on: "work", event: { kind: "asks", dialog } });
  const targets = { operators: [], lines: [] };
  story.on({ on: "work", event: { kind: "targets", request: first, targets } });
  expect(story.state.work.targets).toMatchObject({ value: null });
  const { request } = story.state.work.targets!;
  story.on({ on: "work", event: { kind: "targets", request, targets } });
  expect(story.state.work.targets).toMatchObject({ value: targets, failed: false });
});

test("who can take it at once is named first", () => {
  const person = (name: string, available: boolean, load: number, capacity: number) =>
    ({ id: name, name, status: "available", available, load, capacity }) as const;
  const people = [person("Ada", false, 0, 5), person("Bo", true, 5, 5), person("Cy", true, 9, 0)];
  expect(inOrder(people, operatorTrouble).map(({ name }) => name)).toEqual(["Cy", "Ada", "Bo"]);
  expect(people.map(operatorTrouble)).toEqual(["absent", "full", null]);
  const target = { id: "support", name: "Support", active: true, opens_at: null };
  expect(lineTrouble({ ...target, open: false, available_operators: 3 })).toBe("closed");
  expect(lineTrouble({ ...target, open: true, available_operators: 0 })).toBe("nobody");
  const off = { ...target, active: false, open: true, available_operators: 3 };
  expect(lineTrouble(off)).toBe("inactive");
});

test("several are chosen for what is done with all of them, and one can change one's mind", () => {
  const choose = (conversation: string) =>
    story.on({ on: "work", event: { kind: "chosen", conversation } });
  story.shows(row(), row({ conversation: "0-b" }));
  story.on({ on: "work", event: { kind: "choosing", isChoosing: true } });
  choose(CHAT);
  choose("0-b");
  choose(CHAT);
  expect(story.state.work.chosen).toEqual(["0-b"]);
  choose("0-c");
  story.happens({ kind: "gone", conversation: "0-b" });
  story.happens({ kind: "row", row: row({ conversation: "0-c", state: "closed" }) });
  expect(story.state.work.chosen).toEqual([]);
  for (let n = 0; n < 60; n += 1) choose(`0-${n}`);
  expect(story.state.work.chosen).toHaveLength(50);
});

test("a conversation that I begin after a closed one opens by itself", () => {
  story.shows(held("anna", { conversation: "0-else" }));
  story.opens();
  story.reads(wrote(1, "hello"));
  story.commands("c1", { type: "pick_up", conversation: CHAT });
  story.happens({ kind: "row", row: held("anna", { conversation: "0-else" }) });
  story.happens({ kind: "row", row: held("anna", { conversation: "0-b", customer: "c-maria" }) });
  expect(story.state.chat?.conversation).toBe(CHAT);
  story.happens({ kind: "row", row: held("anna", { conversation: "0-new", continues: "0-last" }) });
  expect(story.state.chat?.conversation).toBe("0-new");
});

test("if the customer has an open one already, that is said and nothing opens", () => {
  story.shows(held("anna", { state: "closed" }));
  story.commands("c1", { type: "pick_up", conversation: CHAT });
  story.isAnswered("c1", { ...REFUSED, code: "in_progress", conversation: "0-open" });
  expect(story.state.notice?.why).toMatchObject({ conversation: "0-open" });
  story.happens({ kind: "row", row: held("anna", { conversation: "0-new", continues: CHAT }) });
  expect(story.state.chat).toBeNull();
});
