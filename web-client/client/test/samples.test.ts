import { expect, test } from "vitest";
import { clientSamples } from "../client_samples.ts";

/** The server's tests read the JSON; `npx vitest run -u` writes it anew. */
test("the samples that the server reads are those that the compiler checked", async () => {
  const json = `${JSON.stringify(clientSamples, null, 2)}\n`;
  await expect(json).toMatchFileSnapshot("../client_samples.json");
});
