/** The name of a line, where it stands, and what can be done with it as a whole. */

import { useState } from "preact/hooks";
import type { Line } from "../../core/line.ts";
import { isUnsaved, toolsOf } from "../../core/lines.ts";
import { hashOf, LINES } from "../../core/place.ts";
import { administers, channelsOf, healthOf } from "../../core/select-lines.ts";
import { failureWords } from "../../i18n/failure.ts";
import { ChannelMark } from "../channels/ChannelMark.tsx";
import type { Desk } from "../desk.ts";
import "./LineHead.css";
import { LineState } from "./LineState.tsx";

export function LineHead({ desk, line }: { desk: Desk; line: Line }) {
  const { state } = desk;
  const words = desk.words.lines.page;
  const { failure } = toolsOf(state.setting, line.id).archiving;
  const channels = channelsOf(state, line.id);
  return (
    <header class="LineHead">
      <a class="Button LineHead-back" href={hashOf(LINES)} aria-label={words.back}>
        ‹
      </a>
      <div class="LineHead-who">
        <h1 class="LineHead-name" data-testid="line-name">
          {line.settings.name}
        </h1>
        <LineState words={desk.words} line={line} />
        {channels.map(({ id, name, platform }) => (
          <span key={id} class="LineHead-channel">
            <ChannelMark kind={platform} state={healthOf(state, id)} title={platform} />
            {name}
          </span>
        ))}
      </div>
      <div class="LineHead-buttons">
        {administers(state) && (
          <>
            <a
              class="Button LineHead-export"
              href={`/api/v1/lines/${encodeURIComponent(line.id)}/export`}
              download={`${line.settings.name}.json`}
              data-testid="export"
            >
              {words.exportFile}
            </a>
            <ArchiveButton desk={desk} line={line} />
          </>
        )}
      </div>
      {failure && (
        <p class="LineHead-problem" role="alert" data-testid="archive-problem">
          {failureWords(desk.words, failure)}
        </p>
      )}
    </header>
  );
}

/** Putting away is asked about; bringing back is done at once. */
function ArchiveButton({ desk, line }: { desk: Desk; line: Line }) {
  const [isAsking, setAsking] = useState(false);
  const words = desk.words.lines.page;
  const { busy } = toolsOf(desk.state.setting, line.id).archiving;
  const obstacle = obstacleWords(desk, line);
  const set = (archived: boolean) => {
    setAsking(false);
    desk.actions.lines.archive(line.id, archived);
  };
  if (line.archived) {
    return (
      <button
        type="button"
        class="Button"
        data-testid="restore"
        disabled={busy}
        onClick={() => set(false)}
      >
        {words.restore}
      </button>
    );
  }
  if (!isAsking) {
    return (
      <button
        type="button"
        class="Button"
        title={obstacle ?? undefined}
        data-testid="archive"
        disabled={busy || obstacle !== null}
        onClick={() => setAsking(true)}
      >
        {words.archive}
      </button>
    );
  }
  return (
    <span class="LineHead-ask">
      {words.archiveAsk}
      <button
        type="button"
        class="Button Button--primary"
        data-testid="archive-confirm"
        onClick={() => set(true)}
      >
        {words.archiveYes}
      </button>
      <button type="button" class="Button" onClick={() => setAsking(false)}>
        {desk.words.offer.cancel}
      </button>
    </span>
  );
}

/** What is to be done before a line can be put away. */
function obstacleWords({ state, words }: Desk, line: Line): string | null {
  if (channelsOf(state, line.id).length > 0) return words.lines.page.hasChannels;
  return isUnsaved(state.setting, line.id) ? words.lines.page.saveFirst : null;
}
