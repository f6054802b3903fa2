/**
 * Commands on their way: each keeps its id until it is answered, however often it is sent.
 *
 * Knows when to send, not how: the link hands in `send`.
 */

import type { Environment, TimerId } from "./environment.ts";
import type { Command, CommandFrame, CommandId, Outcome } from "./protocol.ts";

const REPEAT_AFTER_MS = 5_000;
/** Without any answer that often, something is wrong with the command or the server. */
const SENDS_MAX = 12;
/** More than anybody has under way by hand; a program must wait for its answers. */
const WAITING_MAX = 200;

type Waiting = {
  frame: CommandFrame;
  sends: number;
  timer: TimerId | null;
  settle: (outcome: Outcome) => void;
};

export type Sent = {
  id: CommandId;
  /** Comes in the end, also after reconnecting; `unavailable` if nobody ever answered. */
  answer: Promise<Outcome>;
};

export class Commands {
  private readonly environment: Environment;
  private readonly send: (frame: CommandFrame) => void;
  private waiting = new Map<CommandId, Waiting>();
  private open = false;

  constructor(environment: Environment, send: (frame: CommandFrame) => void) {
    this.environment = environment;
    this.send = send;
  }

  add(command: Command): Sent {
    const id = this.environment.uuid();
    if (this.waiting.size >= WAITING_MAX) {
      return { id, answer: Promise.resolve(nobodyAnswered("too many commands are unanswered")) };
    }
    const answer = new Promise<Outcome>((settle) => {
      const frame = { ...command, cmd_id: id };
      const waiting: Waiting = { frame, sends: 0, timer: null, settle };
      this.waiting.set(id, waiting);
      if (this.open) this.dispatch(waiting);
    });
    return { id, answer };
  }

  /** A session answers from now on: what is unanswered goes out (again), in order. */
  opened(): void {
    if (this.open) return;
    this.open = true;
    for (const waiting of this.waiting.values()) this.dispatch(waiting);
  }

  /** Nothing can be sent for now; what is unanswered stays. */
  closed(): void {
    this.open = false;
    for (const waiting of this.waiting.values()) this.stopTimer(waiting);
  }

  answered(id: CommandId, outcome: Outcome): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    // The server asks for a repetition; the timer is running already.
    const askedToRepeat = outcome.outcome === "refused" && outcome.code === "unavailable";
    if (askedToRepeat && waiting.sends < SENDS_MAX) return;
    this.settle(waiting, outcome);
  }

  abandon(why: string): void {
    for (const waiting of [...this.waiting.values()]) this.settle(waiting, nobodyAnswered(why));
  }

  private dispatch(waiting: Waiting): void {
    this.stopTimer(waiting);
    if (waiting.sends >= SENDS_MAX) {
      this.settle(waiting, nobodyAnswered("no answer"));
      return;
    }
    waiting.sends += 1;
    waiting.timer = this.environment.setTimer(() => this.dispatch(waiting), REPEAT_AFTER_MS);
    this.send(waiting.frame);
  }

  private settle(waiting: Waiting, outcome: Outcome): void {
    this.stopTimer(waiting);
    this.waiting.delete(waiting.frame.cmd_id);
    waiting.settle(outcome);
  }

  private stopTimer(waiting: Waiting): void {
    if (waiting.timer !== null) this.environment.clearTimer(waiting.timer);
    waiting.timer = null;
  }
}

function nobodyAnswered(message: string): Outcome {
  return { outcome: "refused", code: "unavailable", message };
}
