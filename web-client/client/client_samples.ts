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
  reply: { type: "reply", cmd_id, conversation, text: "Yes, it is." },
  note: { type: "note", cmd_id, conversation, text: "a regular customer" },
  finish: { type: "finish", cmd_id, conversation },
  set_status: { type: "set_status", cmd_id, status: "busy" },
};
