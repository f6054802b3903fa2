// An administrator connects a community of VK by the guided form, and asks whether it is good.

import assert from "node:assert/strict";
import test from "node:test";
import { openStage } from "./stage.mjs";

test("a channel is connected by its form, and says how it is", async (t) => {
  const stage = await openStage(t, "channels");
  const console = await stage.signedIn("anna");
  await console.getByTestId("place-channels").click();
  const list = console.getByTestId("channel-list");
  await list.getByText("Web form").or(list.getByTestId("channel")).first().waitFor();
  await stage.shot(console, "list");

  await console.getByTestId("add-vk").click();
  await console.getByTestId("channel-field-group_id").fill("4400");
  await console.getByTestId("channel-field-token").fill("no token at all!");
  await console.locator("#channel-line").selectOption({ index: 1 });
  await console.getByTestId("save-channel").click();
  await console.getByTestId("problem").first().waitFor();
  await stage.shot(console, "problem");

  await console.getByTestId("channel-field-token").fill("vk1.a.token");
  // Nobody listens there, so the test below has an answer at once.
  await console.getByTestId("channel-field-api_base").fill("http://127.0.0.1:1");
  await console.getByTestId("save-channel").click();
  const secret = await console.getByTestId("told-secret").innerText();
  assert.match(secret, /^[0-9a-f]{32}$/);
  assert.match(await console.getByTestId("hook-url").innerText(), /\/hooks\/[0-9a-f-]+$/);
  await stage.shot(console, "connected");

  await console.getByTestId("test-channel").click();
  await console.getByTestId("tested").getByText("not reached").waitFor();
  const health = console.getByTestId("channel-health");
  await health.locator('[data-testid="channel-mark"][data-state="broken"]').waitFor();
  await stage.shot(console, "tested");

  await console.reload();
  await console.getByTestId("channel-health").waitFor();
  assert.equal(await console.getByTestId("told-secret").count(), 0, "told once");
  assert.deepEqual(stage.faults, []);
});

test("a widget is connected for a site, and says where it was opened", async (t) => {
  const stage = await openStage(t, "channels-widget");
  const console = await stage.signedIn("anna");
  await console.getByTestId("place-channels").click();
  await console.getByTestId("add-widget").click();
  await console.locator("#channel-line").selectOption({ index: 1 });
  const origins = console.getByTestId("channel-field-origins");
  await origins.fill("www.shop.example");
  await console.getByTestId("save-channel").click();
  await console.getByTestId("problem").first().waitFor();
  await stage.shot(console, "problem");
  await origins.fill("https://shop.example\nhttps://www.shop.example");
  const field = (name) => console.getByTestId(`channel-field-${name}`);
  await field("look.title").fill("Lamps and lanterns");
  await field("look.color").fill("#8a1c3b");
  await field("look.theme").selectOption("dark");
  await field("form.phone").selectOption("required");
  await field("limits.messages_per_10_seconds").fill("0");
  const look = console.getByTestId("widget-look");
  await look.getByText("Lamps and lanterns").waitFor();
  assert.equal(await look.getAttribute("data-theme"), "dark");
  await console.getByTestId("save-channel").click();
  await console.getByTestId("problem").first().waitFor();
  await field("limits.messages_per_10_seconds").fill("7");
  await look.scrollIntoViewIfNeeded();
  await stage.shot(console, "look");
  await console.getByTestId("save-channel").click();
  const snippet = await console.getByTestId("snippet").innerText();
  const [, hub, id] = snippet.match(/^<script src="(.*)\/widget\.js" data-channel="(.*)" async><\/script>$/);
  await console.getByTestId("told-new_key").waitFor();
  await console.getByTestId("unseen").waitFor();
  await stage.shot(console, "connected");
  const start = { method: "POST", headers: { "content-type": "application/json" } };
  const body = JSON.stringify({ site: "https://shop.example" });
  const started = await fetch(`${hub}/widget/${id}/start`, { ...start, body });
  assert.equal(started.status, 200);
  await console.reload();
  await console.getByTestId("seen").getByText("https://shop.example").waitFor();
  assert.equal(await origins.inputValue(), "https://shop.example\nhttps://www.shop.example");
  await stage.shot(console, "seen");
  const href = await console.getByTestId("try-widget").getAttribute("href");
  const preview = await stage.open(`${hub}${href}`);
  await preview.getByRole("button", { name: "Open the chat" }).waitFor();
  await preview.getByRole("button", { name: "Open the chat" }).click();
  const chat = preview.frameLocator("iframe");
  await chat.getByTestId("title").filter({ hasText: "Lamps and lanterns" }).waitFor();
  assert.equal(await chat.locator("html").getAttribute("data-theme"), "dark");
  await stage.shot(preview, "preview");
  assert.equal(await field("limits.messages_per_10_seconds").inputValue(), "7");
  assert.equal(await field("form.email").inputValue(), "required", "what was not touched stays");
  assert.deepEqual(stage.faults, []);
});
