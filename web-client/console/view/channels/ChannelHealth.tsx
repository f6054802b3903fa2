/** How a channel is: its state, what was last heard, and a test. */

import type { Channel } from "../../core/channels.ts";
import { failureWords } from "../../i18n/failure.ts";
import type { Desk } from "../desk.ts";
import { fullTime } from "../time.ts";
import { ChannelMark } from "./ChannelMark.tsx";

export function ChannelHealth({ desk, channel }: { desk: Desk; channel: Channel }) {
  const { words, state } = desk;
  const says = words.channels;
  const { health } = channel;
  const tested = state.connecting.tested;
  const test = tested?.channel === channel.id ? tested.test : null;
  return (
    <section class="ChannelPage-health" aria-label={says.health} data-testid="channel-health">
      <h2>{says.health}</h2>
      <p>
        <ChannelMark kind={channel.settings.kind} state={health.state} title="" />{" "}
        {says.states[health.state]}
      </p>
      {health.arrived_at && <p>{says.arrived(fullTime(words, health.arrived_at))}</p>}
      {health.sent_at && <p>{says.sent(fullTime(words, health.sent_at))}</p>}
      {health.trouble && (
        <p class="ChannelPage-problem" data-testid="channel-trouble">
          {says.trouble(fullTime(words, health.trouble.at), health.trouble.reason)}
        </p>
      )}
      <button
        type="button"
        class="Button"
        disabled={test?.busy ?? false}
        data-testid="test-channel"
        onClick={() => desk.actions.channels.test(channel.id)}
      >
        {test?.busy ? says.testing : says.test}
      </button>
      {test?.failure && (
        <p class="ChannelPage-problem" role="alert">
          {failureWords(words, test.failure)}
        </p>
      )}
      {test?.value && (
        <p
          class={test.value.ok ? "ChannelPage-good" : "ChannelPage-problem"}
          role="status"
          data-testid="tested"
        >
          {test.value.ok ? says.good(test.value.account) : says.notGood(test.value.reason ?? "")}
        </p>
      )}
    </section>
  );
}
