/** The sign of a platform, coloured while its channel is connected. */

import type { ChannelHealth } from "../../core/channels.ts";
import "./ChannelMark.css";

/** Two letters are enough to tell them apart, and belong to nobody. */
const SIGNS: Readonly<Record<string, string>> = {
  telegram: "TG",
  vk: "VK",
  facebook: "FB",
  instagram: "IG",
  whatsapp: "WA",
  botframework: "MS",
  viber: "VB",
  max: "MX",
  email: "@",
  widget: "www",
  webhook: "{}",
};

type ChannelMarkProps = {
  kind: string;
  /** Null: not known. */
  state: ChannelHealth["state"] | null;
  title: string;
};

export function ChannelMark({ kind, state, title }: ChannelMarkProps) {
  const sign = SIGNS[kind] ?? kind.slice(0, 2).toUpperCase();
  return (
    <span
      class={`ChannelMark ChannelMark--${state ?? "unknown"}`}
      role="img"
      aria-label={title}
      title={title}
      data-testid="channel-mark"
      data-state={state ?? "unknown"}
    >
      {sign}
    </span>
  );
}
