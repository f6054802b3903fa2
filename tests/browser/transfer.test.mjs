// A conversation goes to another line, which lives in another shard, and on by that line's rules.

import assert from "node:assert/strict";
import test from "node:test";
import { accept, openStage, replyBox } from "./stage.mjs";

test("a conversation is handed to another line and goes on there", async (t) => {
  const stage = await openStage(t, "transfer");
  const [anna, boris] = [await stage.signedIn("anna"), await stage.signedIn("boris")];
  const { page, phone } = await stage.customer("telegram", "Maria Keller");
  const write = async (text) => {
    await phone.getByTestId("text").fill(text);
    await phone.getByTestId("send").click();
  };
  await write("My lamp is broken.");
  const offered = (console) => console.getByTestId("offer").waitFor().then(() => console);
  const sales = await Promise.any([offered(anna), offered(boris)]);
  const support = sales === anna ? boris : anna;
  await accept(sales);
  await sales.getByTestId("transfer").click();
  await sales.getByTestId("target-line").filter({ hasText: "Support" }).click();
  await sales.getByTestId("transfer-comment").fill("a repair");
  await sales.getByTestId("dialog-submit").click();

  await support.getByTestId("offer").filter({ hasText: "Support" }).waitFor();
  await stage.shot(support, "offered");
  await accept(support);
  await write("It was new.");
  await support.getByTestId("entries").getByText("It was new.").waitFor();
  await replyBox(support).fill("Then we send you another one.");
  await support.getByTestId("send").click();
  const received = phone.getByTestId("message-received");
  await received.filter({ hasText: "another one" }).waitFor();
  assert.equal(await received.filter({ hasText: "Hello!" }).count(), 1, "greeted once");

  // Support asks for stars, also through the bot of Sales.
  await support.getByTestId("finish").click();
  await phone.getByTestId("message-button").getByText("5 ⭐").click();
  await support.getByTestId("entries").getByText("The customer's rating: ★★★★★").waitFor();
  await stage.shot(page, "customer");
  await stage.shot(support, "rated");
  assert.deepEqual(stage.faults, []);
});
