/** The HTTP calls about channels. Holds no state. */

import type { Channel, ChannelForm, ChannelKind, Tested } from "../core/channels.ts";
import { settingsToSend } from "../core/channels.ts";
import { answer, inside, type Answer } from "./answer.ts";
import { get, post, put } from "./request.ts";

export async function list(): Promise<Answer<readonly Channel[]>> {
  const read = await answer<{ channels: readonly Channel[] }>(get("channels"));
  return inside(read, ({ channels }) => channels);
}

export async function kinds(): Promise<Answer<readonly ChannelKind[]>> {
  const read = await answer<{ kinds: readonly ChannelKind[] }>(get("channel-kinds"));
  return inside(read, ({ kinds }) => kinds);
}

export function create(form: ChannelForm, kind: ChannelKind | null): Promise<Answer<Channel>> {
  const { name, line } = form;
  const settings = settingsToSend(form, null, kind);
  return answer(post("channels", { name, line: line ?? "", settings }));
}

export function change(
  channel: Channel,
  form: ChannelForm,
  kind: ChannelKind | null,
): Promise<Answer<Channel>> {
  const { name, line, enabled } = form;
  const settings = settingsToSend(form, channel, kind);
  return answer(put(of(channel.id), { version: channel.version, name, line, enabled, settings }));
}

/** Asks the platform whether the settings are good. */
export function test(channel: string): Promise<Answer<Tested>> {
  return answer(post(`${of(channel)}/test`, {}));
}

function of(channel: string): string {
  return `channels/${encodeURIComponent(channel)}`;
}
