// An operator finishes, the customer is asked what he thinks of it and presses a button.

import assert from "node:assert/strict";
import test from "node:test";
import { accept, openStage, replyBox } from "./stage.mjs";

const WAYS = [
  { side: "telegram", customer: "Maria Keller", buttons: ["👍", "👎"], pressed: "👎", demoArgs: [] },
  { side: "telegram", customer: "Chen Wei", buttons: ["👍", "👎"], pressed: "👍", demoArgs: ["--polling"] },
  { side: "form", customer: "Tom Baker", buttons: ["1 ★", "2 ★", "3 ★", "4 ★", "5 ★"], pressed: "4 ★", demoArgs: [] },
];

for (const { side, customer, buttons, pressed, demoArgs } of WAYS) {
  test(`a customer rates by a button: ${[side, ...demoArgs].join(" ")}`, async (t) => {
    const stage = await openStage(t, `rate-${[side, ...demoArgs].join("")}`, { demoArgs });
    const console = await stage.signedIn("anna");
    const { page, phone } = await stage.customer(side, customer);
    await phone.getByTestId("text").fill("Is the lamp in stock?");
    await phone.getByTestId("send").click();
    await phone.getByTestId("message-received").filter({ hasText: /thank you for writing/i }).waitFor();
    await accept(console);
    await replyBox(console).fill("It is.");
    await console.getByTestId("send").click();
    await phone.getByTestId("message-received").filter({ hasText: "It is." }).waitFor();
    await console.getByTestId("finish").click();

    const button = (words) => phone.getByTestId("message-button").getByText(words, { exact: true });
    await button(pressed).waitFor();
    assert.deepEqual(await phone.getByTestId("message-button").allInnerTexts(), buttons);
    await stage.shot(page, "asked");
    await button(pressed).click();
    await phone.locator('[data-testid="message-button"][aria-pressed="true"]:not(.waits)').waitFor();
    await console.getByTestId("entries").getByText("The customer's rating").waitFor();
    assert.equal(await console.getByTestId("offer").count(), 0, "a rating calls nobody");
    await stage.shot(page, "rated");
    await stage.shot(console, "console");
    assert.deepEqual(stage.faults, []);
  });
}
