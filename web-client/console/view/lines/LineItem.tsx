/** A line in the list; the open one shows the sections of its settings. */

import { SECTIONS } from "../../core/fields.ts";
import type { Line } from "../../core/line.ts";
import { isUnsaved } from "../../core/lines.ts";
import { hashOf, placeOfLine } from "../../core/place.ts";
import { channelsOf, healthOf, openLine, shownPlace } from "../../core/select-lines.ts";
import { ChannelMark } from "../channels/ChannelMark.tsx";
import type { Desk } from "../desk.ts";
import "./LineItem.css";
import { LineState } from "./LineState.tsx";
import { goToSection } from "./sheet.ts";

export function LineItem({ desk, line }: { desk: Desk; line: Line }) {
  const { state, words } = desk;
  const { name, queue } = line.settings;
  const says = words.lines.list;
  const isOpen = openLine(state) === line.id;
  const channels = channelsOf(state, line.id);
  const place = shownPlace(state);
  const hasSections = isOpen && place.at === "lines" && place.tab === "settings";
  const mode = words.settings.choices["queue.mode"][queue.mode].name;
  return (
    <li class="LineItem" data-testid="line" data-line={line.id}>
      <a
        class="LineItem-open"
        href={hashOf(placeOfLine(line.id))}
        aria-current={isOpen ? "page" : undefined}
      >
        <span class="LineItem-top">
          <span class="LineItem-name">{name}</span>
          <LineState words={words} line={line} />
        </span>
        <span class={queue.operators.length === 0 ? "LineItem-what LineItem-what--empty" : "LineItem-what"}>
          {mode} · {says.operators(queue.operators.length)}
        </span>
        <span class="LineItem-channels">
          {isUnsaved(state.setting, line.id) && (
            <span class="LineItem-unsaved" data-testid="line-unsaved">
              {says.unsaved}
            </span>
          )}
          {channels.length === 0 && <span class="LineItem-none">{says.noChannels}</span>}
          {channels.map((channel) => (
            <span key={channel.id} class="LineItem-channel">
              <ChannelMark
                kind={channel.platform}
                state={healthOf(state, channel.id)}
                title={channel.platform}
              />
              {channel.name}
            </span>
          ))}
        </span>
      </a>
      {hasSections && <Sections desk={desk} />}
    </li>
  );
}

function Sections({ desk }: { desk: Desk }) {
  const { words } = desk;
  return (
    <ul class="LineItem-sections" aria-label={words.lines.list.sections}>
      {SECTIONS.map((section) => (
        <li key={section}>
          <button type="button" onClick={() => goToSection(section)}>
            {words.settings.sections[section]}
          </button>
        </li>
      ))}
    </ul>
  );
}
