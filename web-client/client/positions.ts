/** The positions that this client has reached, one a shard. Knows neither socket nor time. */

import type { FeedPosition, ShardId } from "./protocol.ts";

/** What a set of positions says about ours. */
export type Comparison = {
  /** Shards where we stand elsewhere, with where we stand. */
  differ: Map<ShardId, FeedPosition>;
  /** Positions in shards of which we hold none. */
  unknown: FeedPosition[];
};

export class Positions {
  private held = new Map<ShardId, FeedPosition>();
  private moved = new Set<ShardId>();

  at(shard: ShardId): FeedPosition | undefined {
    return this.held.get(shard);
  }

  all(): FeedPosition[] {
    return [...this.held.values()];
  }

  replace(positions: readonly FeedPosition[]): void {
    this.held.clear();
    this.moved.clear();
    for (const position of positions) this.move(shardOf(position), position);
  }

  /** Whether an `events` frame continues what we hold; nothing held of its shard continues. */
  continues(shard: ShardId, from: FeedPosition): boolean {
    const held = this.held.get(shard);
    return held === undefined || held === from;
  }

  move(shard: ShardId, to: FeedPosition): void {
    if (this.held.get(shard) === to) return;
    this.held.set(shard, to);
    this.moved.add(shard);
  }

  hasMoved(): boolean {
    return this.moved.size > 0;
  }

  /** Positions that moved since the last call. */
  takeMoved(): FeedPosition[] {
    const positions = [...this.moved].map((shard) => this.held.get(shard)!);
    this.moved.clear();
    return positions;
  }

  compare(theirs: readonly FeedPosition[]): Comparison {
    const differ = new Map<ShardId, FeedPosition>();
    const unknown: FeedPosition[] = [];
    for (const position of theirs) {
      const held = this.held.get(shardOf(position));
      if (held === undefined) unknown.push(position);
      else if (held !== position) differ.set(shardOf(position), held);
    }
    return { differ, unknown };
  }
}

export function shardOf(position: FeedPosition): ShardId {
  return Number(position.slice(0, position.indexOf(":")));
}
