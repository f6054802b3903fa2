/** What the frame and the script on the site's page say to each other. */

export type FromFrame = { switchboard: 1 } & (
  | { say: "ready" }
  /** To be kept on the site's own storage: that of the frame is not kept everywhere. */
  | { say: "token"; token: string }
  /** `ink`: what can be read on that colour. */
  | { say: "look"; color: string; ink: string; side: "left" | "right" }
  | { say: "unread"; count: number }
  | { say: "close" }
  /** The site vouches for somebody, and the signature is wrong: for the site's author. */
  | { say: "not_vouched" }
);

export type ToFrame = { switchboard: 1 } & (
  | {
      say: "start";
      token: string | null;
      language: "en" | "ru";
      user: string | null;
      signature: string | null;
    }
  | { say: "shown"; open: boolean }
);

type Plain<T> = T extends unknown ? Omit<T, "switchboard"> : never;
export type FrameSays = Plain<FromFrame>;
export type PageSays = Plain<ToFrame>;
