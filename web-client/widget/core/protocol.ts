/** What visitors and hub say to each other, as `src/protocol/visitor.rs` has it. */

export type ConversationId = string;
export type Scale = "like" | "stars";

export type VisitorFrame =
  | { type: "hello"; token: string; after: string | null }
  | { type: "ack"; position: string }
  | { type: "message"; id: string; text: string; files?: string[] | undefined }
  | { type: "rate"; id: string; value: number }
  | ({ type: "introduce"; id: string } & Introduction)
  | { type: "received"; conversation: ConversationId; up_to: number; how: "delivered" | "read" }
  | { type: "typing" };

export type Introduction = { name: string; phone: string; email: string; consent: boolean };

/** What is repeated until it is answered. */
export type Act = Extract<VisitorFrame, { id: string }>;

export type VisitorServerFrame =
  | ({ type: "news" } & News)
  | ({ type: "result"; id: string } & Outcome)
  | { type: "typing" }
  | { type: "beat" }
  | { type: "reconnect"; after_ms: number }
  | { type: "error"; code: "bad_frame" | "hello_expected" | "bad_token"; message: string };

export type Outcome =
  | { outcome: "done"; token?: string }
  | ({ outcome: "refused" } & Refusal);

export type Refusal =
  | { code: "bad_value"; field: string }
  | { code: "too_fast"; seconds: number }
  | { code: "consent_needed" }
  | { code: "form_needed" }
  | { code: "unavailable" };

export type News = {
  /** Forget what there is: this is all. */
  reset: boolean;
  items: Item[];
  position: string | null;
  state: ChatState;
};

export type Item = Message | { kind: "rated"; conversation: ConversationId; scale: Scale; value: number };

export type Message = {
  kind: "message";
  conversation: ConversationId;
  n: number;
  at: string;
  from: Writer;
  text: string;
  /** The visitor's own: as this page named it. */
  id?: string;
  rating?: Scale;
  files?: MessageFile[];
  /** It said something else before. */
  edited?: boolean;
  /** It was taken back: nothing is left of it. */
  deleted?: boolean;
};

export type MessageFile = { index: number; name: string; size_bytes?: number; picture: boolean };

export type Writer = { who: "visitor" } | ({ who: "person" } & Shown) | { who: "company" };
export type Shown = { name: string; picture?: string };

export type ChatState = {
  phase: "idle" | "waiting" | "answered";
  with: Shown | null;
  queue: { position: number; wait_minutes: number | null; staffed: boolean } | null;
  rating: { conversation: ConversationId; scale: Scale } | null;
  hours: { open: boolean; opens_at: string | null };
};

export type Ask = "no" | "optional" | "required";
export type Form = { before_chat: boolean; offline: boolean; name: Ask; phone: Ask; email: Ask };
export type Look = {
  title: string | null;
  greeting: string | null;
  color: string;
  theme: "auto" | "light" | "dark";
  side: "left" | "right";
};

export type Started = {
  token: string;
  widget: { title: string; look: Look; form: Form; consent: string | null };
  visitor: { introduced: boolean; consented: boolean; vouched: boolean | null };
  news: News;
};

/** One of each kind, for the hub's tests to read and for the compiler to look at. */
export type Samples = {
  [T in VisitorServerFrame["type"]]: Extract<VisitorServerFrame, { type: T }>;
};
export type VisitorSamples = { [T in VisitorFrame["type"]]: Extract<VisitorFrame, { type: T }> };

export const TEXT_CHARS_MAX = 4_000;
