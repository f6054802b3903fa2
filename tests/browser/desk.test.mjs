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
