/**
 * A client of Switchboard's operator protocol, for browsers and programs. No dependencies.
 *
 * ```ts
 * const link = connect("wss://desk.example.com/ws/operator", {
 *   state: (state) => console.log(state.state),
 *   frame: (frame) => apply(frame),
 * });
 * const { answer } = link.command({ type: "take", conversation });
 * if ((await answer).outcome === "refused") ...
 * ```
 */

import { browserEnvironment, type Environment } from "./environment.ts";
import { Link, type Handlers } from "./link.ts";

export type { Sent } from "./commands.ts";
export type { Environment, SocketLike, TimerId } from "./environment.ts";
export type { Handlers, Link, LinkState, OfflineWhy } from "./link.ts";
export type * from "./protocol.ts";
export {
  CLOSE_SIGNED_OUT,
  CLOSE_SLOW,
  CLOSE_TOO_MANY,
  COMMENT_CHARS_MAX,
  DRAFT_CHARS_MAX,
  PROTOCOL_VERSION,
  REASON_CHARS_MAX,
  STATUS_REASON_CHARS_MAX,
  FILES_MAX,
  TEXT_CHARS_MAX,
} from "./protocol.ts";

/** Connects, and stays connected until `close()` or the end of the sign-in. */
export function connect(url: string, handlers: Handlers, environment?: Environment): Link {
  return new Link(url, environment ?? browserEnvironment(), handlers);
}
