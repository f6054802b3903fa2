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
    if (locale === "en-GB") await accept(console);
    else await console.getByTestId("offer").getByTestId("accept").click();
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
