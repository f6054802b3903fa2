import { expect, test } from "vitest";
import { build, type Rolldown } from "vite";

/** Of the scripts of a site's visitor together: the button's and the chat's. That for files is loaded
 *  by those who have to do with one. */
const SCRIPTS_MAX = 15 * 1_024;
const STYLES_MAX = 2 * 1_024;

test("the scripts of the widget stay under 15 KB", async () => {
  const halves = await Promise.all([built("loader"), built("frame")]);
  const files = halves.flat();
  const scripts = files.filter((file) => file.type === "chunk").map((file) => file.code);
  const styles = files.flatMap((file) => (file.type === "asset" ? [String(file.source)] : []));
  expect(scripts).toHaveLength(2);
  expect(await packed(scripts)).toBeLessThan(SCRIPTS_MAX);
  expect(await packed(styles)).toBeLessThan(STYLES_MAX);
}, 60_000);

async function built(mode: string): Promise<Rolldown.RolldownOutput["output"][number][]> {
  const made = await build({
    configFile: "vite.widget.config.ts",
    mode,
    logLevel: "silent",
    build: { write: false },
  });
  const outputs = (Array.isArray(made) ? made : [made]) as Rolldown.RolldownOutput[];
  return outputs.flatMap((output) => output.output);
}

async function packed(texts: string[]): Promise<number> {
  let bytes = 0;
  for (const text of texts) {
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    bytes += (await new Response(stream).arrayBuffer()).byteLength;
  }
  return bytes;
}
