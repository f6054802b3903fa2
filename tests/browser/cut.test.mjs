// The network between an operator and the hub is away for ten seconds while a customer writes.

import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { accept, act, openStage, replyBox } from "./stage.mjs";

const CUT_MS = 10_000;
const MISSED = ["are you there?", "the number is 4711", "hello??", "I shall wait."];

test("what a customer wrote during a cut appears once and in order, without a reload", async (t) => {
  const stage = await openStage(t, "cut");
  const console = await stage.signedIn("anna");
  const state = (word) => console.locator(`[data-testid="connection-state"][data-state="${word}"]`);
  await act(stage.demo, "telegram", "Maria Keller", { what: "write", text: "good morning" });
  await accept(console);
  await console.evaluate(() => (window.neverReloaded = true));
  await stage.shot(console, "live");

  await stage.way.cut();
  const cutOver = passed(CUT_MS);
  await state("offline").waitFor();
  await stage.shot(console, "cut");
  for (const text of MISSED) {
    await act(stage.demo, "telegram", "Maria Keller", { what: "write", text });
  }
  await cutOver;
  assert.equal(await state("live").count(), 0, "not live while there is no network");
  assert.deepEqual(await customerWords(console), ["good morning"]);

  await stage.way.mend();
  await state("live").waitFor({ timeout: 40_000 });
  assert.match(await state("live").innerText(), /caught up/i);
  await console.getByText(MISSED.at(-1)).first().waitFor();
  assert.deepEqual(await customerWords(console), ["good morning", ...MISSED]);
  assert.equal(await console.evaluate(() => window.neverReloaded), true);
  await stage.shot(console, "caught-up");

  await replyBox(console).fill("Here I am again.");
  await console.getByTestId("send").click();
  const mine = console.locator('[data-author="operator"]').filter({ hasText: "Here I am again." });
  await mine.locator('[data-testid="delivery"][data-state="sent"]').waitFor();
  assert.deepEqual(stage.faults, []);
});

/** What customers said in the chat that is open, from top to bottom. */
function customerWords(console) {
  return console.locator('[data-author="customer"][data-kind="message"] p[class$="text"]').allInnerTexts();
}
