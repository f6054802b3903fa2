import { expect, test } from "vitest";
import { build, type Rolldown } from "vite";

const BYTES_MAX = 8 * 1_024;

test("the built client stays under 8 KB", async () => {
  const built = await build({
    configFile: "vite.client.config.ts",
    logLevel: "silent",
    build: { write: false },
  });
  const outputs = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
  const files = outputs.flatMap((output) => output.output);
  const code = files.map((file) => (file.type === "chunk" ? file.code : "")).join("");
  expect(code).toContain("cmd_id");
  const packed = new Blob([code]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = (await new Response(packed).arrayBuffer()).byteLength;
  expect(bytes).toBeLessThan(BYTES_MAX);
});
