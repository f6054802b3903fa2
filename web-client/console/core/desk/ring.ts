/** When something is to be heard. What comes together is heard once. */

export type RingKind = "message" | "offer" | "alarm";

/** The last sound: how many there were, of what, and when, in milliseconds. */
export type Ring = { n: number; kind: RingKind; at: number };

export const SILENCE: Ring = { n: 0, kind: "message", at: Number.NEGATIVE_INFINITY };

const ONE_SOUND_MS = 1_000;
const URGENCY: Readonly<Record<RingKind, number>> = { message: 0, offer: 1, alarm: 2 };

/** Within a second of a sound only something more urgent is heard. */
export function rung(ring: Ring, kind: RingKind, at: number): Ring {
  const isTogether = at - ring.at < ONE_SOUND_MS;
  if (isTogether && URGENCY[kind] <= URGENCY[ring.kind]) return ring;
  return { n: ring.n + 1, kind, at };
}
