// What a customer changes and takes back is shown as such, and what stood there is not lost.

import assert from "node:assert/strict";
import test from "node:test";
import { accept, act, openStage } from "./stage.mjs";

for (const [locale, words] of [
  ["en-GB", { edited: "edited", deleted: "deleted" }],
  ["ru-RU", { edited: "изменено", deleted: "удалено" }],
]) {
  test(`an edit and a deletion in ${locale}`, async (t) => {
    const stage = await openStage(t, `edits-${locale}`);
    const console = await stage.signedIn("vera", { locale });
    const chats = await (await fetch(`${stage.demo.url}/pretend/api/chats?seen=0`)).json();
    const [{ name }] = chats.form;
    const does = (what) => act(stage.demo, "form", name, what);
    await does({ what: "write", text: "Is the lamp from 1950?" });
    await accept(console);
    const entry = console.getByTestId("entry").filter({ hasText: "lamp" }).first();
    await does({ what: "edit", text: "Is the lamp from 1930?" });
    await entry.getByText("Is the lamp from 1930?").waitFor();
    const edited = entry.getByTestId("edited").filter({ hasText: words.edited });
    await edited.click();
    await entry.getByTestId("earlier").filter({ hasText: "1950" }).waitFor();
    await stage.shot(console, "edited");
    await does({ what: "delete" });
    await entry.getByTestId("deleted").filter({ hasText: words.deleted }).waitFor();
    await entry.getByText("Is the lamp from 1930?").waitFor();
    await stage.shot(console, "deleted");
    await console.reload();
    await console.getByText(name).first().click();
    await entry.getByTestId("deleted").waitFor();
    await entry.getByTestId("edited").click();
    await entry.getByTestId("earlier").filter({ hasText: "1950" }).waitFor();
    assert.deepEqual(stage.faults, []);
  });
}

for (const [locale, words] of [
  ["en-GB", { editing: "Editing your message", edited: "edited" }],
  ["ru-RU", { editing: "Вы изменяете своё сообщение", edited: "изменено" }],
]) {
  test(`an operator edits and deletes what she sent, by keyboard, in ${locale}`, async (t) => {
    const stage = await openStage(t, `own-edits-${locale}`);
    const console = await stage.signedIn("vera", { locale });
    const { page, phone } = await stage.customer("telegram", "Maria Keller");
    await act(stage.demo, "telegram", "Maria Keller", { what: "write", text: "Is it old?" });
    await accept(console);
    const box = console.getByTestId("reply-box");
    await box.fill("It is from 1950.");
    await box.press("Enter");
    const own = console.locator('[data-testid="entry"][data-author="operator"]').filter({ hasText: "It is from" });
    await own.locator('[data-testid="delivery"][data-state="sent"]').waitFor();
    await box.fill("by the way");

    const begin = async (item) => {
      await own.getByTestId("entry-menu").focus();
      await console.keyboard.press("Enter");
      const focused = (item) => console.locator(`[data-testid="${item}"]:focus`).waitFor();
      await focused("entry-edit");
      if (item === "entry-delete") await console.keyboard.press("ArrowDown");
      await focused(item);
      await console.keyboard.press("Enter");
    };
    await begin("entry-edit");
    await console.getByTestId("editing").filter({ hasText: words.editing }).waitFor();
    assert.equal(await box.inputValue(), "It is from 1950.");
    await console.keyboard.press("Escape");
    await console.getByTestId("editing").waitFor({ state: "detached" });
    assert.equal(await box.inputValue(), "by the way", "what was begun is there again");

    await begin("entry-edit");
    await console.getByTestId("editing").waitFor();
    await box.fill("It is from 1930.");
    await stage.shot(console, "editing");
    await box.press("Enter");
    await own.getByTestId("edited").filter({ hasText: words.edited }).waitFor();
    await own.getByText("It is from 1930.").waitFor();
    await phone.getByText("It is from 1930.").waitFor();
    assert.equal(await box.inputValue(), "by the way");
    await own.getByTestId("edited").click();
    await own.getByTestId("earlier").filter({ hasText: "1950" }).waitFor();

    await begin("entry-delete");
    await own.getByTestId("deleted").waitFor();
    await own.getByTestId("entry-menu").waitFor({ state: "detached" });
    await stage.shot(console, "deleted");
    await stage.shot(page, "customer");
    assert.deepEqual(stage.faults, []);
  });
}
