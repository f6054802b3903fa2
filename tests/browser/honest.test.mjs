// What anybody typed is shown as he typed it; who is wrong is told so; the words are in one's own
// language.

import assert from "node:assert/strict";
import test from "node:test";
import { accept, openStage, replyBox } from "./stage.mjs";

const EVIL_NAME = '<img src=x onerror="alert(1)">';
const EVIL_TEXT = '<script>alert(2)</script><b onmouseover="alert(3)">bold</b> & &lt;i&gt;';
const EVIL_ANSWER = '<svg onload="alert(4)"></svg> <a href="javascript:alert(5)">here</a>';

test("names and messages with markup stay text, on both sides", async (t) => {
  const stage = await openStage(t, "markup");
  const console = await stage.signedIn("anna");
  for (const side of ["telegram", "form"]) {
    const page = await stage.open(`${stage.demo.url}/pretend`);
    const phone = page.getByTestId(`phone-${side}`);
    await phone.getByTestId("customer-new").click();
    await phone.getByTestId("customer-name").fill(EVIL_NAME);
    await phone.getByTestId("customer-add").click();
    await phone.getByTestId("customer").filter({ hasText: EVIL_NAME }).waitFor();
    await phone.getByTestId("text").fill(EVIL_TEXT);
    await phone.getByTestId("send").click();
    await accept(console);
    assert.equal(await console.getByTestId("customer").innerText(), EVIL_NAME);
    const words = console.locator('[data-author="customer"] p[class$="text"]');
    assert.equal(await words.innerText(), EVIL_TEXT);
    await replyBox(console).fill(EVIL_ANSWER);
    await console.getByTestId("send").click();
    const received = phone.getByTestId("message-received").getByTestId("message-text");
    await received.nth(1).waitFor();
    assert.equal(await received.nth(1).innerText(), EVIL_ANSWER);
    await stage.shot(console, `${side}-console`);
    await stage.shot(page, `${side}-customer`);
    for (const shown of [console, page]) {
      const made = shown.locator("img, b, a[href^=javascript], [onload], [onerror], body script");
      assert.equal(await made.count(), 0, "no text has become an element");
    }
  }
  assert.deepEqual(stage.faults, [], "no dialog, no failing script");
});

test("a wrong password is told, in the language that one reads", async (t) => {
  const stage = await openStage(t, "sign-in");
  const page = await stage.open(stage.way.url);
  await page.getByTestId("login").fill("anna");
  await page.getByTestId("password").fill("not-the-password");
  await page.getByTestId("submit").click();
  const problem = page.getByTestId("problem");
  await problem.filter({ hasText: /\w/ }).waitFor();
  await stage.shot(page, "wrong-password");

  await page.getByTestId("language-ru").click();
  await problem.filter({ hasText: /[а-яё]{3}/i }).waitFor();
  assert.match(await page.getByRole("heading").innerText(), /[а-яё]{3}/i);
  assert.match(await page.getByTestId("submit").innerText(), /[а-яё]{3}/i);
  await stage.shot(page, "in-russian");

  await page.getByTestId("password").fill(stage.demo.passwords.anna);
  await page.getByTestId("submit").click();
  const live = page.locator('[data-testid="connection-state"][data-state="live"]');
  assert.match(await live.innerText(), /[а-яё]{3}/i);
  await stage.shot(page, "desk-in-russian");
  assert.deepEqual(stage.faults, []);
});
