/** A picture of the chat window with the look that is being chosen, before it is stored. */

import { valueOf, type Channel, type ChannelForm, type ChannelKind } from "../../core/channels.ts";
import { readableOn } from "../../../widget/core/color.ts";
import type { Desk } from "../desk.ts";
import "./WidgetPreview.css";

type PreviewProps = { desk: Desk; form: ChannelForm; channel: Channel | null; kind: ChannelKind };

export function WidgetPreview({ desk, form, channel, kind }: PreviewProps) {
  const words = desk.words.channels;
  const chosen = (name: string): string => {
    const field = kind.fields.find((known) => known.name === `look.${name}`);
    return field ? String(valueOf(form, channel, field)) : "";
  };
  const color = /^#[0-9a-f]{6}$/i.test(chosen("color")) ? chosen("color") : "#1f6feb";
  const style = { "--widget-color": color, "--widget-ink": readableOn(color) };
  return (
    <figure
      class="WidgetPreview"
      data-theme={chosen("theme")}
      data-side={chosen("side")}
      data-testid="widget-look"
      style={style}
    >
      <figcaption>{words.preview}</figcaption>
      <div class="WidgetPreview-chat" aria-hidden="true">
        <p class="WidgetPreview-head">{chosen("title") || form.name}</p>
        <p class="WidgetPreview-theirs">{chosen("greeting") || words.previewGreeting}</p>
        <p class="WidgetPreview-own">{words.previewQuestion}</p>
        <p class="WidgetPreview-theirs">{words.previewAnswer}</p>
      </div>
      <span class="WidgetPreview-button" aria-hidden="true" />
    </figure>
  );
}
