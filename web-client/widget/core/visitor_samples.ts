import type { VisitorSamples } from "./protocol.ts";

const id = "0195512e-0000-7000-8000-0000000000a1";
const conversation = "0-0195512e-0000-7000-8000-000000000001";

/** One frame of each kind that a page sends. */
export const visitorSamples: VisitorSamples = {
  hello: { type: "hello", token: "eyJ2IjoiMSJ9.c2ln", after: `${conversation}.7` },
  ack: { type: "ack", position: `${conversation}.8` },
  message: { type: "message", id, text: "Is it in stock?", files: ["3q2-7wD_x"] },
  rate: { type: "rate", id, value: 1 },
  introduce: {
    type: "introduce",
    id,
    name: "Ivan Petrov",
    phone: "+1 202 555 0143",
    email: "ivan@example.com",
    consent: true,
  },
  received: { type: "received", conversation, up_to: 4, how: "read" },
  typing: { type: "typing" },
};
