// The widget on a page of another origin: written to, answered, cut, rated, refused.

import assert from "node:assert/strict";
import test from "node:test";
import { changeChannel, changeLine, openChat, openShop, serve, write } from "./site.mjs";
import { accept, replyBox } from "./stage.mjs";

test("a visitor is answered, and nothing is lost while the wire is cut", async (t) => {
  const { stage, wire, site, console } = await openShop(t, "widget-answer");
  const page = await stage.open(site.origin);
  await page.getByRole("button", { name: "Open the chat" }).waitFor();
  await stage.shot(page, "closed");
  const chat = await openChat(page);
  await chat.getByTestId("greeting").waitFor();
  await write(chat, "Is the harbour lantern in stock?");
  await chat.getByTestId("own").filter({ hasText: "lantern" }).waitFor();
  await chat.getByTestId("status").filter({ hasText: "You are next." }).waitFor();
  await stage.shot(page, "waiting");

  await accept(console);
  await chat.getByTestId("title").filter({ hasText: "Anna" }).waitFor();
  await replyBox(console).fill("A moment, I look");
  await chat.getByTestId("typing").waitFor();
  await stage.shot(page, "typing");
  await chat.getByTestId("text").pressSequentially("thanks");
  await console.getByTestId("customer-typing").filter({ hasText: "writing" }).waitFor();
  await stage.shot(console, "console");
  await replyBox(console).fill("Yes, five of them.");
  await console.getByTestId("send").click();
  await chat.getByTestId("received").filter({ hasText: "five" }).waitFor();
  await console.locator('[data-testid="delivery"][data-state="read"]').first().waitFor();

  await wire.cut();
  await chat.getByTestId("status").filter({ hasText: "No connection" }).waitFor();
  await write(chat, "Then I take two.");
  await chat.getByTestId("pending").waitFor();
  await replyBox(console).fill("Anything else?");
  await console.getByTestId("send").click();
  await stage.shot(page, "cut");
  await wire.mend();
  await chat.getByTestId("received").filter({ hasText: "Anything else?" }).waitFor();
  await chat.getByTestId("own").filter({ hasText: "Then I take two." }).waitFor();
  await console.getByTestId("entries").getByText("Then I take two.").waitFor();
  assert.equal(await chat.getByTestId("pending").count(), 0);
  assert.equal(await chat.getByText("Then I take two.").count(), 1, "once");
  assert.equal(await chat.getByText("Anything else?").count(), 1, "once");
  await stage.shot(page, "whole-again");

  await page.reload();
  const again = await openChat(page);
  await again.getByTestId("received").filter({ hasText: "five" }).waitFor();
  assert.equal(await again.getByTestId("own").count(), 2, "the chat is there after a reload");
  await replyBox(console).fill("Shall I put them aside?");
  await again.getByTestId("typing").waitFor();
  await stage.shot(page, "reloaded");
  assert.deepEqual(stage.faults, []);
});

test("files go both ways, and a program does not", async (t) => {
  const { stage, site, console } = await openShop(t, "widget-files");
  const page = await stage.open(site.origin);
  const scripts = [];
  page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
  const chat = await openChat(page);
  await write(chat, "My lamp has come like this:");
  await chat.getByTestId("own").filter({ hasText: "like this" }).waitFor();
  assert.equal(scripts.includes("/widget-files.js"), false, "not before it is needed");
  const picture = { name: "broken lamp.png", mimeType: "image/png", buffer: await page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 200 } }) };
  await chat.getByTestId("attach").setInputFiles([
    picture,
    { name: "bill.txt", mimeType: "text/plain", buffer: Buffer.from("One lamp: 40") },
  ]);
  const own = chat.getByTestId("own").filter({ hasText: "bill.txt" });
  await own.getByTestId("picture").waitFor();
  await stage.shot(page, "sent");
  const saved = page.waitForEvent("download");
  await own.getByTestId("file").filter({ hasText: "bill.txt" }).click();
  assert.equal((await saved).suggestedFilename(), "bill.txt");

  await chat.getByTestId("attach").setInputFiles([
    { name: "lamp.exe", mimeType: "image/png", buffer: Buffer.from("MZ\x90\0\x03\0\0\0") },
  ]);
  await chat.getByTestId("upload").filter({ hasText: "cannot be sent" }).waitFor();
  await stage.shot(page, "refused");
  await chat.getByTestId("upload").getByRole("button", { name: "Remove" }).click();

  await accept(console);
  await console.getByTestId("entries").getByText("bill.txt").waitFor();
  await console.getByTestId("attach").setInputFiles([picture]);
  await console.getByTestId("upload").filter({ hasText: "broken lamp.png" }).waitFor();
  await replyBox(console).fill("We send you another one. Is it this model?");
  await console.getByTestId("send").click();
  const answer = chat.getByTestId("received").filter({ hasText: "another one" });
  await answer.getByTestId("picture").waitFor();
  await stage.shot(page, "answered");
  await stage.shot(console, "console");
  await page.reload();
  const again = await openChat(page);
  await again.getByTestId("received").getByTestId("picture").waitFor();
  await again.getByTestId("own").getByTestId("picture").waitFor();
  assert.deepEqual(stage.faults, []);
});

test("an upload says how far it is, can be cancelled, and waits where its script does not come", async (t) => {
  const { stage, site } = await openShop(t, "widget-upload");
  const page = await stage.open(site.origin);
  const chat = await openChat(page);
  await page.route(/widget-files/, (route) => route.abort());
  const bill = { name: "bill.txt", mimeType: "text/plain", buffer: Buffer.from("One lamp: 40") };
  await chat.getByTestId("attach").setInputFiles([bill]);
  const left = chat.getByTestId("pending").filter({ hasText: "bill.txt" });
  await left.getByText("not sent").waitFor();
  await stage.shot(page, "no-script");
  await page.unroute(/widget-files/);
  await left.getByRole("button", { name: "Send again" }).click();
  await chat.getByTestId("own").filter({ hasText: "bill.txt" }).waitFor();
  assert.equal(await chat.getByTestId("pending").count(), 0);

  let goOn;
  const held = new Promise((resolve) => (goOn = resolve));
  await page.route(/\/files\?name=/, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  const large = { name: "film.bin", mimeType: "video/mp4", buffer: Buffer.alloc(3e6, 7) };
  await chat.getByTestId("attach").setInputFiles([large]);
  const upload = chat.getByTestId("upload").filter({ hasText: "film.bin" });
  await upload.getByTestId("progress").waitFor();
  await stage.shot(page, "uploading");
  await upload.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await upload.count(), 0);
  goOn();
  await page.unroute(/\/files\?name=/);
  await chat.getByTestId("attach").setInputFiles([{ ...bill, name: "second.txt" }]);
  await chat.getByTestId("own").filter({ hasText: "second.txt" }).waitFor();
  assert.equal(await chat.getByTestId("own").filter({ hasText: "film.bin" }).count(), 0);
  assert.deepEqual(stage.faults, []);
});

test("a visitor rates by a button", async (t) => {
  const { stage, site, console } = await openShop(t, "widget-rate");
  const page = await stage.open(site.origin);
  const chat = await openChat(page);
  await write(chat, "Do you deliver?");
  await accept(console);
  await replyBox(console).fill("We do.");
  await console.getByTestId("send").click();
  await chat.getByTestId("received").filter({ hasText: "We do." }).waitFor();
  await console.getByTestId("finish").click();
  await chat.getByTestId("rate").first().waitFor();
  await stage.shot(page, "asked");
  await chat.getByRole("button", { name: "Good" }).click();
  await chat.getByTestId("thanks").waitFor();
  await console.getByTestId("entries").getByText("The customer's rating").waitFor();
  await stage.shot(page, "rated");
  assert.deepEqual(stage.faults, []);
});

test("while the line is closed, a form takes the question and the contacts", async (t) => {
  const { stage, site, console } = await openShop(t, "widget-offline");
  await changeLine(console, ({ hours, consent }) => {
    hours.enabled = true;
    for (const day of Object.keys(hours.week)) hours.week[day] = [];
    consent.enabled = true;
  });
  const page = await stage.open(site.origin);
  const chat = await openChat(page);
  await chat.getByTestId("subtitle").filter({ hasText: "closed" }).waitFor();
  await chat.getByTestId("field-name").fill("Grace Lindt");
  await chat.getByTestId("field-email").fill("grace at customer");
  await chat.getByTestId("field-question").fill("When is the reading lamp back?");
  await stage.shot(page, "form");
  await chat.getByTestId("form-send").click();
  assert.equal(await chat.getByTestId("own").count(), 0, "nothing goes without consent");
  await chat.getByTestId("agree").check();
  await chat.getByTestId("form-send").click();
  await chat.getByTestId("form-problem").filter({ hasText: "e-mail" }).waitFor();
  await stage.shot(page, "wrong");
  await chat.getByTestId("field-email").fill("grace@customer.example");
  await chat.getByTestId("form-send").click();
  await chat.getByTestId("own").filter({ hasText: "reading lamp" }).waitFor();
  await stage.shot(page, "sent");
  await console.locator("[data-conversation]").filter({ hasText: "Grace Lindt" }).first().click();
  await console.getByText("grace@customer.example").waitFor();
  await stage.shot(console, "console");
  assert.deepEqual(stage.faults, []);
});

test("a page of a foreign origin gets no chat and no answer", async (t) => {
  const { stage, wire, site, console } = await openShop(t, "widget-foreign");
  const foreign = await serve(t, wire.url);
  const page = await stage.open(foreign.origin);
  const blocked = page.waitForEvent("console", {
    predicate: (message) => /frame-ancestors/.test(message.text()),
  });
  await page.reload();
  await blocked;
  assert.equal(await page.getByRole("button").count(), 0, "no button");
  const asked = await page.evaluate(async ([hub, site]) => {
    const start = { method: "POST", body: JSON.stringify({ site }) };
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${hub}/widget/site/start`, { ...start, headers }).catch(() => null);
    return answer === null ? "refused" : answer.status;
  }, [wire.url, site.origin]);
  assert.equal(asked, "refused");
  const socket = await page.evaluate(
    (url) =>
      new Promise((ended) => {
        const socket = new WebSocket(url);
        socket.onopen = () => ended("open");
        socket.onerror = () => ended("refused");
      }),
    `${wire.url.replace("http", "ws")}/ws/visitor/site`,
  );
  assert.equal(socket, "refused");
  await stage.shot(page, "nothing");
  await stage.open(site.origin).then((own) => own.getByRole("button").waitFor());
  const { seen } = await console.evaluate(async () =>
    (await fetch("/api/v1/channels/site")).json(),
  );
  assert.deepEqual(seen.map((one) => one.site), [site.origin]);
});

test("on a phone, in Russian, in the dark, by keyboard alone", async (t) => {
  const { stage, site, console } = await openShop(t, "widget-phone");
  await changeChannel(console, (settings) => ({
    ...settings,
    look: { ...settings.look, theme: "dark", title: "Лампа и фонарь", color: "#ffd54a" },
    form: { ...settings.form, before_chat: true, name: "required", email: "no", phone: "optional" },
  }));
  const page = await stage.open(`${site.origin}/?lang=ru`, { width: 390, height: 780, locale: "ru-RU" });
  const launcher = page.getByRole("button", { name: "Открыть чат" });
  await launcher.waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await launcher.evaluate((button) => button.getRootNode().activeElement === button), true);
  await page.keyboard.press("Enter");
  const chat = page.frameLocator("iframe");
  await chat.getByRole("dialog", { name: "Лампа и фонарь" }).waitFor();
  await chat.locator('[data-testid="field-name"]:focus').waitFor();
  await page.keyboard.type("Мария");
  await stage.shot(page, "form");
  await page.keyboard.press("Enter");
  await chat.getByTestId("text").waitFor();
  await chat.locator('[data-testid="text"]:focus').waitFor();
  await page.keyboard.type("Здравствуйте! Есть ли ночник?");
  await page.keyboard.press("Enter");
  await chat.getByTestId("own").filter({ hasText: "ночник" }).waitFor();
  await stage.shot(page, "waiting");
  await page.keyboard.press("Escape");
  await page.locator("iframe").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Открыть чат" }).waitFor();
  await accept(console);
  await replyBox(console).fill("Да, есть.");
  await console.getByTestId("send").click();
  await page.locator(".badge").filter({ hasText: /\d/ }).waitFor();
  await stage.shot(page, "unread");
  await page.keyboard.press("Enter");
  await chat.getByTestId("received").filter({ hasText: "Да, есть." }).waitFor();
  await stage.shot(page, "answered");
  assert.deepEqual(stage.faults, []);
});

test("where sockets do not get through, the page asks", async (t) => {
  const { stage, site, console } = await openShop(t, "widget-asks");
  const context = await stage.browser.newContext({ viewport: { width: 1000, height: 800 } });
  await context.routeWebSocket(/\/ws\/visitor\//, (socket) => socket.close());
  const page = await context.newPage();
  await page.goto(site.origin);
  const chat = await openChat(page);
  await write(chat, "Is anybody there?");
  await chat.getByTestId("own").filter({ hasText: "anybody" }).waitFor();
  await accept(console);
  await replyBox(console).fill("Yes.");
  await console.getByTestId("send").click();
  await chat.getByTestId("received").filter({ hasText: "Yes." }).waitFor();
  await stage.shot(page, "answered");
  await context.close();
});

test("a visitor sees what becomes of an answer", async (t) => {
  const { stage, site, console } = await openShop(t, "widget-edits");
  const page = await stage.open(site.origin);
  const chat = await openChat(page);
  await write(chat, "Is it old?");
  await accept(console);
  await replyBox(console).fill("It is from 1950.");
  await console.getByTestId("send").click();
  await chat.getByTestId("received").filter({ hasText: "1950" }).waitFor();
  const own = console.locator('[data-testid="entry"][data-author="operator"]');
  await own.getByTestId("entry-menu").click();
  await console.getByTestId("entry-edit").click();
  await console.getByTestId("reply-box").fill("It is from 1930.");
  await console.getByTestId("send").click();
  await chat.getByTestId("received").filter({ hasText: "1930" }).waitFor();
  await own.getByTestId("entry-menu").click();
  await console.getByTestId("entry-delete").click();
  await chat.getByTestId("received").filter({ hasText: "deleted" }).waitFor();
  assert.equal(await chat.getByText("It is from").count(), 0);
  await stage.shot(page, "deleted");
  assert.deepEqual(stage.faults, []);
});
