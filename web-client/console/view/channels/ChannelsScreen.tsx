/** The screen of channels: bar on top, all channels on the left, the open one beside them. */

import { channelOf } from "../../core/channels.ts";
import type { Desk } from "../desk.ts";
import { NoticeBar } from "../NoticeBar.tsx";
import { StaleBar } from "../StaleBar.tsx";
import { TopBar } from "../TopBar.tsx";
import { ChannelList } from "./ChannelList.tsx";
import { ChannelPage } from "./ChannelPage.tsx";
import "./ChannelsScreen.css";

export function ChannelsScreen({ desk, channel }: { desk: Desk; channel: string | null }) {
  const { form } = desk.state.connecting;
  const words = desk.words.channels;
  const isOpen = channel !== null || form !== null;
  return (
    <div
      class={isOpen ? "ChannelsScreen ChannelsScreen--open" : "ChannelsScreen"}
      data-testid="channels"
    >
      <TopBar desk={desk} />
      <StaleBar desk={desk} />
      <div class="ChannelsScreen-main">
        <ChannelList desk={desk} open={channel} />
        {form === null ? (
          <main class="ChannelsScreen-none">
            <p>{channel === null ? words.choose : words.loading}</p>
          </main>
        ) : (
          <ChannelPage
            key={`${form.channel} ${form.kind}`}
            desk={desk}
            form={form}
            channel={form.channel === null ? null : channelOf(desk.state.connecting, form.channel)}
          />
        )}
      </div>
      <NoticeBar desk={desk} />
    </div>
  );
}
