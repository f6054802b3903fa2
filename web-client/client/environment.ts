/**
 * What the client needs of the world around it: sockets, time, chance, wake-ups.
 *
 * The only file of this module that touches globals; tests hand in their own.
 */

export type SocketLike = {
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
};

export type TimerId = unknown;

export type Environment = {
  open(url: string): SocketLike;
  /** Milliseconds since some fixed moment; must also count while the machine sleeps. */
  now(): number;
  setTimer(run: () => void, afterMs: number): TimerId;
  clearTimer(id: TimerId): void;
  /** 0 to 1, 1 excluded. */
  random(): number;
  uuid(): string;
  /** Calls `run` when the machine or the page woke up or came online; returns how to stop it. */
  onWake(run: () => void): () => void;
};

export function browserEnvironment(): Environment {
  return {
    open: (url) => new WebSocket(url) as SocketLike,
    now: () => Date.now(),
    setTimer: (run, afterMs) => setTimeout(run, afterMs),
    clearTimer: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
    random: () => Math.random(),
    uuid,
    onWake,
  };
}

/** `crypto.randomUUID` exists only on https and localhost; a trial over plain http needs ids too. */
function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function onWake(run: () => void): () => void {
  if (typeof window === "undefined") return () => {};
  const whenVisible = () => {
    if (document.visibilityState === "visible") run();
  };
  window.addEventListener("online", run);
  document.addEventListener("visibilitychange", whenVisible);
  return () => {
    window.removeEventListener("online", run);
    document.removeEventListener("visibilitychange", whenVisible);
  };
}
