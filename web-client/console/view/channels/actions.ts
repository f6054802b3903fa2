/** What can be done with channels. */

import type { ChannelForm } from "../../core/channels.ts";

export type ChannelActions = {
  reload(): void;
  /** Begins the form of a new channel. */
  begin(kind: string, name: string): void;
  change(change: Partial<Pick<ChannelForm, "name" | "line" | "enabled">>): void;
  setField(name: string, value: string | boolean): void;
  save(): void;
  discard(): void;
  test(channel: string): void;
};
