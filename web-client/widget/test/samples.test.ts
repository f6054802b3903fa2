import { expect, test } from "vitest";
import { visitorSamples } from "../core/visitor_samples.ts";

/** The hub's tests read the JSON; `npx vitest run -u` writes it anew. */
test("the samples that the hub reads are those that the compiler checked", async () => {
  const json = `${JSON.stringify(visitorSamples, null, 2)}\n`;
  await expect(json).toMatchFileSnapshot("../core/visitor_samples.json");
});
