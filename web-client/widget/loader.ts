/**
 * The script on the site's page: a round button, and the chat in a frame of the hub's origin.
 *
 * It touches nothing of the page but one element of its own, in whose shadow everything lives. The
 * button appears when the hub says that the chat may be shown on this site.
 */

import type { FrameSays, FromFrame, PageSays } from "./core/messages.ts";
import { STYLE } from "./loader.css.ts";

const script = document.currentScript as HTMLScriptElement | null;
const channel = script?.dataset["channel"] ?? "";
const hub = script === null ? "" : new URL(script.src).origin;
const storage = `switchboard:${channel}`;
const MARK = "data-switchboard";
const WORDS = {
  en: { open: "Open the chat", close: "Close the chat", chat: "Chat", unread: "new messages" },
  ru: { open: "Открыть чат", close: "Закрыть чат", chat: "Чат", unread: "новых сообщений" },
};

function begin(): void {
  if (channel === "" || document.querySelector(`[${MARK}="${channel}"]`) !== null) return;
  const language = pageLanguage();
  const words = WORDS[language];
  const host = document.createElement("div");
  host.setAttribute(MARK, channel);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const frame = document.createElement("iframe");
  frame.title = words.chat;
  frame.hidden = true;
  frame.src = `${hub}/widget/${channel}#${encodeURIComponent(location.origin)}`;
  const button = document.createElement("button");
  button.type = "button";
  button.hidden = true;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", words.open);
  button.append(icon("M4 5h16v11H9l-5 4z", "bubble"), icon("M6 6l12 12M18 6L6 18", "cross"));
  const badge = document.createElement("span");
  badge.className = "badge";
  badge.hidden = true;
  button.append(badge);
  root.append(frame, button);
  document.body.append(host);

  const say = (said: PageSays) => {
    frame.contentWindow?.postMessage({ switchboard: 1, ...said }, hub);
  };
  const show = (open: boolean) => {
    frame.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", open ? words.close : words.open);
    host.toggleAttribute("open", open);
    say({ say: "shown", open });
    if (open) frame.focus();
    else button.focus();
  };
  button.addEventListener("click", () => show(Boolean(frame.hidden)));
  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== hub) return;
    const said = event.data as FromFrame | null;
    if (said?.switchboard === 1) heard(said);
  });

  function heard(said: FrameSays): void {
    switch (said.say) {
      case "ready":
        return say({
          say: "start",
          token: kept(),
          language,
          user: script?.dataset["user"] ?? null,
          signature: script?.dataset["signature"] ?? null,
        });
      case "token":
        return keep(said.token);
      case "look":
        host.style.setProperty("--color", said.color);
        host.style.setProperty("--on-color", said.ink);
        host.toggleAttribute("left", said.side === "left");
        button.hidden = false;
        return;
      case "unread":
        badge.hidden = said.count === 0;
        badge.textContent = said.count > 9 ? "9+" : String(said.count);
        badge.setAttribute("aria-label", `${said.count} ${words.unread}`);
        return;
      case "close":
        return show(false);
      case "not_vouched":
        console.warn("Switchboard: the signature of data-user is wrong or has expired");
        return;
      default:
        return said satisfies never;
    }
  }
}

function pageLanguage(): "en" | "ru" {
  const language = document.documentElement.lang || navigator.language;
  return language.toLowerCase().startsWith("ru") ? "ru" : "en";
}

/** A site may forbid storage: then each visit is a new visitor. */
function kept(): string | null {
  try {
    return localStorage.getItem(storage);
  } catch {
    return null;
  }
}

function keep(token: string): void {
  try {
    localStorage.setItem(storage, token);
  } catch {
    // Nothing to be done about it.
  }
}

function icon(path: string, name: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", name);
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

if (document.body !== null) begin();
else document.addEventListener("DOMContentLoaded", begin);
