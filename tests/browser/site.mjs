// A site of another origin than the hub, with the widget on its pages.

import http from "node:http";
import { openStage, openWay } from "./stage.mjs";

/** A stage whose widget goes over a wire of its own, which can be cut, and a site that may show it. */
export async function openShop(t, story) {
  const wire = await openWay();
  t.after(() => wire.close());
  const stage = await openStage(t, story, { demoArgs: ["--origin", wire.url] });
  wire.leadsTo(stage.demo.url);
  const site = await serve(t, wire.url);
  const console = await stage.signedIn("anna");
  await changeChannel(console, (settings) => ({ ...settings, origins: [site.origin] }));
  return { ...stage, stage, wire, site, console };
}

/** A page with one script tag. `localhost` and `127.0.0.1` are two sites. */
export async function serve(t, hub) {
  const server = http.createServer((request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html>
      <html lang="${searchParams.get("lang") ?? "en"}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>A shop</title>
        <style>body { font: 18px/1.5 Georgia, serif; margin: 3rem; max-width: 40rem }</style>
        <h1>A shop of lamps</h1>
        <p>Brass and linen, for long evenings.</p>
        <script src="${hub}/widget.js" data-channel="site" async></script>
      </html>`);
  });
  await new Promise((listening) => server.listen(0, "localhost", listening));
  t.after(() => new Promise((closed) => server.close(closed)));
  return { origin: `http://localhost:${server.address().port}` };
}

/** The chat on a page, once it is open. */
export async function openChat(page, name = "Open the chat") {
  await page.getByRole("button", { name }).click();
  const chat = page.frameLocator("iframe");
  await chat.getByTestId("chat").waitFor();
  return chat;
}

export async function write(chat, text) {
  await chat.getByTestId("text").fill(text);
  await chat.getByTestId("send").click();
}

/** Changes the demo's widget as its administrator, from her console. */
export async function changeChannel(console, change) {
  const found = await api(console, "GET", "/api/v1/channels/site");
  const { version, name, line, enabled } = found;
  const { kind, origins, look, form, limits } = found.settings;
  const settings = change({ kind, origins, look, form, limits });
  await api(console, "PUT", "/api/v1/channels/site", { version, name, line, enabled, settings });
}

export async function changeLine(console, change) {
  const { version, settings } = await api(console, "GET", "/api/v1/lines/sales");
  change(settings);
  await api(console, "PUT", "/api/v1/lines/sales", { version, settings });
}

export function api(console, method, path, body) {
  return console.evaluate(
    async ([method, path, body]) => {
      const headers = { "x-switchboard": "1", "content-type": "application/json" };
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
      return answer.json();
    },
    [method, path, body],
  );
}
