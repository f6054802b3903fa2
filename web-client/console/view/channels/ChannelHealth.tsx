/** How a channel is: its state, what was last heard, and a test. */

import { isWidget, type Channel } from "../../core/channels.ts";
import { failureWords } from "../../i18n/failure.ts";
import type { Desk } from "../desk.ts";
import { fullTime } from "../time.ts";
import { ChannelMark } from "./ChannelMark.tsx";

export function ChannelHealth({ desk, channel }: { desk: Desk; channel: Channel }) {
  const { words } = desk;
  const says = words.channels;
  const { health } = channel;
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
      {isWidget(channel) ? (
        <Sightings desk={desk} channel={channel} />
      ) : (
        <Test desk={desk} channel={channel} />
      )}
    </section>
  );
}

/** Where the widget was opened, and a page of ours to try it on. */
function Sightings({ desk, channel }: { desk: Desk; channel: Channel }) {
  const { words } = desk;
  const says = words.channels;
  const seen = channel.seen ?? [];
  return (
    <>
      {seen.length === 0 && <p data-testid="unseen">{says.unseen}</p>}
      {seen.map(({ site, at }) => (
        <p key={site} data-testid="seen">
          {says.seen(site, fullTime(words, at))}
        </p>
      ))}
      <a
        class="Button"
        href={`/widget/${channel.id}/preview`}
        target="_blank"
        rel="noopener"
        data-testid="try-widget"
      >
        {says.tryIt}
      </a>
    </>
  );
}

function Test({ desk, channel }: { desk: Desk; channel: Channel }) {
  const { words, state } = desk;
  const says = words.channels;
  const tested = state.connecting.tested;
  const test = tested?.channel === channel.id ? tested.test : null;
  return (
    <>
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
    </>
  );
}
