/** Short tones that tell what has come. Browsers allow sound only after the person did something. */

import type { RingKind } from "../core/desk/ring.ts";

/** Hertz, one tone after the other. */
const MELODIES: Readonly<Record<RingKind, readonly number[]>> = {
  message: [587],
  offer: [660, 880],
  alarm: [880, 622, 880, 622],
};
const NEXT_TONE_SECONDS = 0.14;

let audio: AudioContext | null = null;

export function allowChime(): void {
  const unlock = () => {
    audio ??= new AudioContext();
    void audio.resume();
  };
  for (const gesture of ["pointerdown", "keydown"]) {
    document.addEventListener(gesture, unlock, { once: true });
  }
}

export function chime(kind: RingKind): void {
  const context = audio;
  if (context === null) return;
  MELODIES[kind].forEach((hertz, place) => tone(context, hertz, place * NEXT_TONE_SECONDS));
}

function tone(context: AudioContext, hertz: number, afterSeconds: number): void {
  const begin = context.currentTime + afterSeconds;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, begin);
  volume.gain.exponentialRampToValueAtTime(0.15, begin + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.18);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(begin);
  oscillator.stop(begin + 0.2);
}
