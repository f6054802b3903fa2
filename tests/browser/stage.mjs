// The stage of the browser stories: the demo as its users start it, Chromium, and a way between
// the two that can be cut. Every story has its own, so that none depends on another.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";

const ROOT = path.resolve(import.meta.dirname, "../..");
const OUTPUT = path.join(import.meta.dirname, "output");
const BINARY = process.env.SWITCHBOARD_BIN ?? path.join(ROOT, "target/debug/switchboard");
const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";
const READY_WITHIN_MS = 30_000;
const SEEN_WITHIN_MS = 15_000;
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const { chromium } = createRequire(path.join(ROOT, "web-client/package.json"))("playwright-core");

/** Opens a stage for the story of test `t`; everything on it ends with the test. */
export async function openStage(t, story, { demoArgs = [] } = {}) {
  assert.ok(existsSync(BINARY), `${BINARY} is missing: cargo build --bin switchboard`);
  mkdirSync(OUTPUT, { recursive: true });
  const pages = [];
  const way = await openWay();
  t.after(() => leaveTraces());
  t.after(() => way.close());
  const demo = await startDemo(["--origin", way.url, ...demoArgs]);
  t.after(() => demo.stop());
  way.leadsTo(demo.url);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  t.after(() => browser.close());
  const faults = [];
  let shots = 0;

  /** A browser of somebody's own, with a page at `url`. */
  async function open(url, { width = 1280, height = 800, locale = "en-GB" } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, locale });
    context.setDefaultTimeout(SEEN_WITHIN_MS);
    const page = await context.newPage();
    pages.push(page);
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error}`));
    page.on("dialog", (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    await page.goto(url);
    return page;
  }

  /** What can be seen after a story went wrong. */
  async function leaveTraces() {
    const output = (name) => path.join(OUTPUT, `${story}-${name}`);
    writeFileSync(output("demo.log"), demo.printed.join("\n"));
    for (const [index, page] of pages.entries()) {
      await page.screenshot({ path: output(`end-${index + 1}.png`) });
    }
  }

  return {
    way,
    demo,
    browser,
    /** Scripts that failed and dialogs that opened, on any page. */
    faults,
    open,

    /** The console of that person, caught up. */
    async signedIn(login, options) {
      const page = await open(way.url, options);
      await page.getByTestId("login").fill(login);
      await page.getByTestId("password").fill(demo.passwords[login]);
      await page.getByTestId("submit").click();
      await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
      return page;
    },

    /** The page of pretend customers, with one of them in hand. */
    async customer(side, name) {
      const page = await open(`${demo.url}/pretend`);
      const phone = page.getByTestId(`phone-${side}`);
      await phone.getByTestId("customer").filter({ hasText: name }).click();
      return { page, phone };
    },

    async shot(page, stage) {
      shots += 1;
      await page.screenshot({ path: path.join(OUTPUT, `${story}-${shots}-${stage}.png`) });
    },
  };
}

/** Where the operator answers. Until his accept is confirmed the same box takes notes. */
export function replyBox(console) {
  return console.getByPlaceholder("Write to the customer");
}

/** Accepts the only offer, and waits until the conversation is the operator's. */
export async function accept(console) {
  const offer = console.getByTestId("offer");
  const id = await offer.getAttribute("data-conversation");
  await offer.getByTestId("accept").click();
  await console.getByTestId("list-mine").locator(`[data-conversation="${id}"]`).waitFor();
  await console.getByTestId("reply-box").waitFor();
}

/** What a customer does on the pretend page, without the page. */
export async function act(demo, side, customer, what) {
  const chats = await (await fetch(`${demo.url}/pretend/api/chats?seen=0`)).json();
  const { id } = chats[side].find(({ name }) => name === customer);
  const answer = await fetch(`${demo.url}/pretend/api/${side}/customers/${id}/acts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(what),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** The demo on a port of its own, ready, with the logins that it printed. */
async function startDemo(args) {
  const child = spawn(BINARY, ["demo", "--port", "0", "--log", "info", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed = [];
  const lines = readline.createInterface({ input: child.stdout });
  const url = await new Promise((ready, failed) => {
    const fail = (why) => failed(new Error(`the demo ${why}; it printed:\n${printed.join("\n")}`));
    const watchdog = setTimeout(() => fail("is not ready in time"), READY_WITHIN_MS);
    child.once("error", (error) => fail(String(error)));
    child.once("exit", (code) => fail(`ended with ${code}`));
    lines.on("line", (line) => {
      printed.push(line);
      const found = /^ready: (\S+)$/.exec(line);
      if (!found) return;
      clearTimeout(watchdog);
      ready(found[1]);
    });
  });
  const logins = printed.map((line) => /^ {2}(anna|boris|vera) +(\S+)/.exec(line)).filter(Boolean);
  const passwords = Object.fromEntries(logins.map(([, login, password]) => [login, password]));
  assert.equal(logins.length, 3, `three logins are printed: ${printed.join("\n")}`);
  const stop = () =>
    new Promise((stopped) => {
      if (child.exitCode !== null) return stopped();
      child.once("exit", stopped);
      child.kill("SIGTERM");
    });
  return { url, passwords, printed, stop };
}

/** The network between browsers and hub: a port that passes everything on, and can be cut. */
export async function openWay() {
  let target = null;
  const sockets = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(target);
    for (const [socket, other] of [[near, far], [far, near]]) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const listen = (port) =>
    new Promise((done, failed) => server.once("error", failed).listen(port, "127.0.0.1", done));
  await listen(0);
  const { port } = server.address();
  const cut = () => {
    const closed = new Promise((done) => server.close(done));
    sockets.forEach((socket) => socket.destroy());
    return closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    leadsTo(url) {
      target = { host: "127.0.0.1", port: Number(new URL(url).port) };
    },
    /** Ends every connection and refuses new ones. */
    cut,
    mend: () => listen(port),
    close: () => (server.listening ? cut() : undefined),
  };
}
