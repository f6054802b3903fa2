/** The left column of the screen of channels: those that there are, and which could be added. */

import { hashOf, placeOfChannel } from "../../core/place.ts";
import { kindName } from "../../i18n/channels.ts";
import { failureWords } from "../../i18n/failure.ts";
import { lineName, type Desk } from "../desk.ts";
import "./ChannelList.css";
import { ChannelMark } from "./ChannelMark.tsx";

export function ChannelList({ desk, open }: { desk: Desk; open: string | null }) {
  const { all, failure } = desk.state.connecting;
  const words = desk.words.channels;
  const { compare } = new Intl.Collator(desk.words.locale, { numeric: true });
  const channels = [...(all ?? [])].sort((a, b) => compare(a.name, b.name));
  return (
    <nav class="ChannelList" aria-label={words.title} data-testid="channel-list">
      <h2 class="ChannelList-title">{words.title}</h2>
      {failure && (
        <p class="ChannelList-problem" role="alert">
          {failureWords(desk.words, failure)}
          <button type="button" class="Button Button--small" onClick={desk.actions.channels.reload}>
            {desk.words.lines.failure.retry}
          </button>
        </p>
      )}
      {all?.length === 0 && <p class="ChannelList-none">{words.none}</p>}
      <ul>
        {channels.map(({ id, name, line, settings, health }) => (
          <li key={id}>
            <a
              class="ChannelList-item"
              href={hashOf(placeOfChannel(id))}
              aria-current={id === open ? "page" : undefined}
              data-testid="channel"
            >
              <ChannelMark
                kind={settings.kind}
                state={health.state}
                title={`${kindName(words, settings.kind)}: ${words.states[health.state]}`}
              />
              <span class="ChannelList-name">{name}</span>
              <span class="ChannelList-line">{lineName(desk, line)}</span>
            </a>
          </li>
        ))}
      </ul>
      <Kinds desk={desk} />
    </nav>
  );
}

function Kinds({ desk }: { desk: Desk }) {
  const { kinds, form } = desk.state.connecting;
  const words = desk.words.channels;
  return (
    <section class="ChannelList-kinds" aria-label={words.add}>
      <h3>{words.add}</h3>
      <ul>
        {kinds.map(({ kind }) => (
          <li key={kind}>
            <button
              type="button"
              class="Button"
              aria-pressed={form?.channel === null && form.kind === kind}
              data-testid={`add-${kind}`}
              onClick={() => desk.actions.channels.begin(kind, kindName(words, kind))}
            >
              <ChannelMark kind={kind} state={null} title="" /> {kindName(words, kind)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
