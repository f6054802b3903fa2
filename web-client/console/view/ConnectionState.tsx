/** Whether what is on the screen is what is. */

import type { LinkState } from "../../client/index.ts";
import type { Words } from "../i18n/en.ts";
import "./ConnectionState.css";
import type { Desk } from "./desk.ts";

export function ConnectionState({ desk }: { desk: Desk }) {
  const { link, clockAheadMs } = desk.state;
  const localNow = desk.now.value - clockAheadMs;
  return (
    <span class={`ConnectionState ConnectionState--${link.state}`}>
      <span
        class="ConnectionState-what"
        role="status"
        data-testid="connection-state"
        data-state={link.state}
      >
        <span class="ConnectionState-dot" aria-hidden="true" />
        <span class="ConnectionState-word">{linkWords(desk.words, link, localNow)}</span>
      </span>
      {link.state === "offline" && (
        <button
          type="button"
          class="Button Button--small"
          data-testid="try-now"
          onClick={desk.actions.tryNow}
        >
          {desk.words.link.tryNow}
        </button>
      )}
    </span>
  );
}

function linkWords(words: Words, link: LinkState, localNow: number): string {
  switch (link.state) {
    case "connecting":
      return words.link.connecting;
    case "catching_up":
      return words.link.catchingUp;
    case "live":
      return words.link.live;
    case "offline":
      return words.link.offline(Math.max(0, Math.ceil((link.nextTryAt - localNow) / 1_000)));
    case "signed_out":
      return words.link.signedOut;
    case "outdated":
      return words.link.outdated;
    case "closed":
      return words.link.closed;
    default:
      return link satisfies never;
  }
}
