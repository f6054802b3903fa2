// What operators and supervisors do with a conversation beside answering it.

import assert from "node:assert/strict";
import test from "node:test";
import { accept, act, openStage, replyBox } from "./stage.mjs";

const MARIA = "Maria Keller";

test("put on hold, a conversation is apart until the customer writes; finished silently, he hears nothing", async (t) => {
  const stage = await openStage(t, "hold");
  const console = await stage.signedIn("anna");
  const { phone } = await stage.customer("telegram", MARIA);
  await act(stage.demo, "telegram", MARIA, { what: "write", text: "please call me at four" });
  await accept(console);
  await chooses(console, "hold");
  await console.getByTestId("hold-quarter").click();
  await console.getByTestId("list-hold").getByText(MARIA).waitFor();
  assert.equal(await console.getByTestId("list-mine").getByText(MARIA).count(), 0);
  await stage.shot(console, "on-hold");

  await act(stage.demo, "telegram", MARIA, { what: "write", text: "or at five" });
  await console.getByTestId("list-mine").getByText(MARIA).waitFor();
  await replyBox(console).fill("I shall.");
  await console.getByTestId("send").click();
  await phone.getByTestId("message-received").filter({ hasText: "I shall." }).waitFor();

  await console.getByTestId("finish-more").click();
  await console.getByTestId("finish-silently").click();
  await console.getByText("Finished without a word to the customer").waitFor();
  assert.equal(await phone.getByTestId("message-received").count(), 2, "the welcome and the answer");
  await stage.shot(console, "finished");
  assert.deepEqual(stage.faults, []);
});

test("a supervisor helps, takes over, gives back to the queue, and throws out", async (t) => {
  const stage = await openStage(t, "oversee");
  const vera = await stage.signedIn("vera");
  const { phone } = await stage.customer("telegram", MARIA);
  await act(stage.demo, "telegram", MARIA, { what: "write", text: "my invoice is wrong" });
  await accept(vera);
  const boris = await stage.signedIn("boris");
  await boris.getByTestId("tab-overseen").click();
  await boris.getByTestId("list-overseen").getByText(MARIA).click();
  await chooses(boris, "join");
  await vera.getByTestId("chat").getByTestId("joined").getByText("Boris").waitFor();
  await replyBox(boris).fill("I am looking into it.");
  await boris.getByTestId("send").click();
  await phone.getByTestId("message-received").filter({ hasText: "looking into it" }).waitFor();
  await stage.shot(boris, "joined");

  await chooses(boris, "take_over");
  await vera.getByText("Taken over: Boris, from Vera").waitFor();
  await vera.getByTestId("cannot-reply").filter({ hasText: "Boris" }).waitFor();
  await stage.shot(vera, "taken-over");
  await chooses(boris, "release");
  await boris.getByText("Taken from Boris: back to the queue").waitFor();
  await boris.getByTestId("entry-why").last().click();
  await boris.getByTestId("why-candidate").first().waitFor();
  await stage.shot(boris, "released");

  await chooses(boris, "spam-and-block");
  await boris.getByTestId("dialog-submit").click();
  await boris.locator('[data-testid="row-state"]').filter({ hasText: "spam" }).waitFor();
  await act(stage.demo, "telegram", MARIA, { what: "write", text: "you cannot ignore me" });
  await boris.waitForTimeout(500);
  assert.equal(await boris.getByTestId("offer").count(), 0, "who is blocked calls nobody");
  await stage.shot(boris, "thrown-out");
  assert.deepEqual(stage.faults, []);
});

test("handed on, a conversation takes along what was said and what was being written", async (t) => {
  const stage = await openStage(t, "handed");
  const anna = await stage.signedIn("anna");
  await act(stage.demo, "telegram", MARIA, { what: "write", text: "when does it come?" });
  await accept(anna);
  await replyBox(anna).fill("It comes tomorrow before");
  const vera = await stage.signedIn("vera");
  await anna.getByTestId("transfer").click();
  await anna.getByTestId("target-operator").filter({ hasText: "Vera" }).click();
  await anna.getByTestId("transfer-comment").fill("you know the driver");
  await stage.shot(anna, "to-whom");
  await anna.getByTestId("dialog-submit").click();
  await anna.getByTestId("list-handed").getByText(MARIA).waitFor();

  const offer = vera.getByTestId("offer");
  await offer.getByTestId("via").filter({ hasText: "Anna: “you know the driver”" }).waitFor();
  await stage.shot(vera, "asked");
  await accept(vera);
  await vera.getByTestId("handed-draft").getByText("It comes tomorrow before").waitFor();
  await stage.shot(vera, "draft");
  await vera.getByTestId("draft-use").click();
  await vera.locator('[data-testid="reply-box"]:focus').waitFor();
  await vera.keyboard.type(" noon.");
  assert.equal(await replyBox(vera).inputValue(), "It comes tomorrow before noon.");
  await vera.getByTestId("send").click();
  await vera.locator('[data-author="operator"]').filter({ hasText: "before noon." }).waitFor();
  assert.deepEqual(stage.faults, []);
});

test("to hand it to somebody who is away is asked about; it can be taken back", async (t) => {
  const stage = await openStage(t, "withdrawn");
  const anna = await stage.signedIn("anna");
  await act(stage.demo, "telegram", MARIA, { what: "write", text: "hello" });
  await accept(anna);
  await anna.getByTestId("transfer").click();
  const boris = anna.locator('[data-testid="target-operator"][data-trouble="absent"]');
  await boris.filter({ hasText: "Boris" }).click();
  await anna.getByTestId("dialog-submit").filter({ hasText: "all the same" }).click();
  await anna.getByTestId("withdraw").click();
  await anna.getByTestId("list-mine").getByText(MARIA).waitFor();
  await anna.getByText("Not handed to Boris after all").waitFor();
  assert.deepEqual(stage.faults, []);
});

test("the customer's card is read, written and judged beside the chat", async (t) => {
  const stage = await openStage(t, "card");
  const console = await stage.signedIn("anna");
  await act(stage.demo, "telegram", MARIA, { what: "write", text: "call me: +49 30 901820" });
  await accept(console);
  const card = console.getByTestId("card");
  await card.getByTestId("card-name").filter({ hasText: MARIA }).waitFor();
  const contact = card.getByTestId("card-contact");
  assert.equal(await contact.getAttribute("data-standing"), "claimed");
  await stage.shot(console, "read");
  await card.getByTestId("contact-confirm").click();
  await card.locator('[data-standing="verified"]').waitFor();

  await card.getByTestId("card-edit").click();
  await card.getByTestId("card-note-field").fill("Prefers to be called.");
  await card.getByTestId("card-responsible-field").selectOption({ label: "Boris" });
  await card.getByTestId("card-save").click();
  await card.getByTestId("card-note").getByText("Prefers to be called.").waitFor();
  assert.match(await card.getByTestId("card-responsible").innerText(), /Boris/);

  await card.getByTestId("card-block").click();
  await card.getByTestId("card-blocked").waitFor();
  await stage.shot(console, "blocked");
  await card.getByTestId("card-unblock").click();
  await card.getByTestId("card-block").waitFor();
  assert.equal(await card.getByTestId("history-open").count(), 1);
  assert.deepEqual(stage.faults, []);
});

test("several conversations are thrown out together, from the keyboard alone", async (t) => {
  const stage = await openStage(t, "choosing");
  const console = await stage.signedIn("anna");
  for (const customer of [MARIA, "Chen Wei"]) {
    await act(stage.demo, "telegram", customer, { what: "write", text: "win a million" });
    await console.getByTestId("offer").filter({ hasText: customer }).waitFor();
  }
  await console.getByTestId("choose-begin").press("Enter");
  for (const nth of [0, 1]) await console.getByTestId("choice").nth(nth).press("Space");
  await stage.shot(console, "chosen");
  await console.getByTestId("chosen-spam").press("Enter");
  await console.getByTestId("spam-dialog").waitFor();
  await console.keyboard.press("Escape");
  assert.equal(await console.getByTestId("offer").count(), 2, "asked, and nothing done");
  await console.getByTestId("chosen-spam").press("Enter");
  await console.getByTestId("dialog-submit").press("Enter");
  await console.getByText("No offers right now").waitFor();
  assert.deepEqual(stage.faults, []);
});

/** From the menu of what is done less often. */
async function chooses(console, item) {
  await console.getByTestId("more").click();
  await console.getByTestId(item).click();
}
