/** Two short tones for a new offer. Browsers allow sound only after the person did something. */

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

export function chime(): void {
  if (audio === null) return;
  tone(audio, 660, 0);
  tone(audio, 880, 0.14);
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
