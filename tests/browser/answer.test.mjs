// A customer writes, an operator is offered the conversation, accepts and answers.

import assert from "node:assert/strict";
import test from "node:test";
import { accept, openStage, replyBox } from "./stage.mjs";

const WAYS = [
  { side: "telegram", customer: "Maria Keller", how: "posted updates", demoArgs: [] },
  { side: "telegram", customer: "Chen Wei", how: "asked updates", demoArgs: ["--polling"] },
  { side: "form", customer: "Tom Baker", how: "signed webhook", demoArgs: [] },
];

for (const { side, customer, how, demoArgs } of WAYS) {
  test(`a customer is answered: ${side}, ${how}`, async (t) => {
    const story = `answer-${how.replace(" ", "-")}`;
    const stage = await openStage(t, story, { demoArgs });
    const console = await stage.signedIn("anna");
    await stage.shot(console, "nothing-yet");
    const { page, phone } = await stage.customer(side, customer);
    await phone.getByTestId("text").fill("My parcel has not come. Where is it?");
    await phone.getByTestId("send").click();

    const offer = console.getByTestId("offer");
    await offer.waitFor();
    assert.match(await offer.innerText(), new RegExp(`${customer}[^]*My parcel`));
    assert.match(await offer.getByTestId("countdown").innerText(), /^(1:0[01]|0:[45]\d)$/);
    await stage.shot(console, "offered");

    await accept(console);
    await replyBox(console).fill("It comes tomorrow before noon.");
    await stage.shot(console, "accepted");
    await console.getByTestId("send").click();

    await phone.getByTestId("message-received").filter({ hasText: "tomorrow" }).waitFor();
    const received = phone.getByTestId("message-received");
    assert.equal(await received.count(), 2, "the welcome and the answer, each once");
    assert.match(await received.first().innerText(), /^Hello!/);
    await console.locator('[data-testid="delivery"][data-state="sent"]').nth(1).waitFor();
    await stage.shot(console, "answered");
    await stage.shot(page, "customer-sees");
    assert.deepEqual(stage.faults, []);
  });
}

test("whatever a customer does is seen, and that he is gone", async (t) => {
  const stage = await openStage(t, "acts");
  const console = await stage.signedIn("anna");
  const { page, phone } = await stage.customer("telegram", "Иван Петров");
  await phone.getByTestId("text").fill("first wording");
  await phone.getByTestId("send").click();
  await accept(console);

  await phone.getByTestId("text").fill("second wording");
  await phone.getByTestId("act-edit").click();
  await console.getByTestId("edited").waitFor();
  await console.getByTestId("entries").getByText("second wording").waitFor();
  for (const what of ["contact", "location", "sticker"]) {
    await phone.getByTestId(`act-${what}`).click();
  }
  await console.getByTestId("attachment").nth(2).waitFor();

  await phone.getByTestId("act-block").click();
  await phone.getByTestId("act-unblock").waitFor();
  assert.equal(await phone.getByTestId("text").isDisabled(), true, "who stopped a bot cannot write");
  await replyBox(console).fill("Are you still there?");
  await console.getByTestId("send").click();
  await console.locator('[data-testid="delivery"][data-state="failed"]').waitFor();
  await stage.shot(console, "console");
  await stage.shot(page, "customer");
  await phone.getByTestId("act-unblock").click();
  await phone.getByTestId("text").fill("here I am again");
  await phone.getByTestId("send").click();
  await console.getByTestId("entries").getByText("here I am again").waitFor();
  assert.equal(await phone.getByTestId("problem").innerText(), "");
  assert.deepEqual(stage.faults, []);
});
