import type { ClientSamples } from "./protocol.ts";

const conversation = "0-0195512e-0000-7000-8000-000000000001";
const cmd_id = "0195512e-0000-7000-8000-0000000000c1";

/** One frame of each kind that a client sends. */
export const clientSamples: ClientSamples = {
  hello: { type: "hello", protocol: 1, positions: ["0:3-41.0a1b2c3d"] },
  ack: { type: "ack", positions: ["0:3-49.0a1b2c3d"] },
  watch: { type: "watch", conversation },
  accept: { type: "accept", cmd_id, conversation, offer: 2 },
  decline: { type: "decline", cmd_id, conversation, offer: 2, reason: "not my product" },
  take: { type: "take", cmd_id, conversation },
  reply: { type: "reply", cmd_id, conversation, text: "Yes, it is.", files: [] },
  send_again: { type: "send_again", cmd_id, conversation, entry: 6 },
  edit: { type: "edit", cmd_id, conversation, entry: 6, text: "Yes, it is, in blue." },
  delete: { type: "delete", cmd_id, conversation, entry: 6 },
  note: { type: "note", cmd_id, conversation, text: "a regular customer" },
  take_over: { type: "take_over", cmd_id, conversation },
  transfer: {
    type: "transfer",
    cmd_id,
    conversation,
    to: { kind: "operator", id: "boris" },
    comment: "he asks about the invoice",
    confirmed: false,
  },
  withdraw: { type: "withdraw", cmd_id, conversation },
  invite: { type: "invite", cmd_id, conversation, operator: "boris" },
  join: { type: "join", cmd_id, conversation },
  leave: { type: "leave", cmd_id, conversation },
  hold: { type: "hold", cmd_id, conversation, until: "2026-03-02T09:00:00Z" },
  topic: { type: "topic", cmd_id, conversation, topic: "Delivery" },
  draft: { type: "draft", cmd_id, conversation, text: "Yes, it" },
  finish: { type: "finish", cmd_id, conversation, silent: false },
  spam: { type: "spam", cmd_id, conversation, block: true },
  release: { type: "release", cmd_id, conversation },
  review: { type: "review", cmd_id, conversation, stars: 4, comment: "friendly, a little slow" },
  pick_up: { type: "pick_up", cmd_id, conversation },
  set_status: { type: "set_status", cmd_id, status: "busy", reason: "on the phone" },
};
