/** The entries of a chat, with the days between them and what is still on its way below. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../../client/index.ts";
import { isSameAlbum } from "../core/attachment.ts";
import type { Chat } from "../core/chat.ts";
import { openRow } from "../core/select.ts";
import "./Entries.css";
import { EntryItem } from "./EntryItem.tsx";
import { PartAfter, PartBefore } from "./PartLink.tsx";
import type { Desk } from "./desk.ts";
import { day, isSameDay } from "./time.ts";

/** So near to its end somebody is reading the newest. */
const NEAR_END_PIXELS = 80;

export function Entries({ desk, chat }: { desk: Desk; chat: Chat }) {
  const row = openRow(desk.state);
  const outgoing = desk.state.outgoing.filter((sent) => sent.conversation === chat.conversation);
  const { box, scrolled, isBehind, toEnd } = useStickyEnd(chat.entries.length, outgoing.length);
  return (
    <div class="Entries-frame">
      <div class="Entries" ref={box} onScroll={scrolled} tabIndex={0} data-testid="entries">
        {row && <PartBefore desk={desk} row={row} />}
        <ol>
          {chat.entries.map((entry, index) => (
            <EntryWithDay key={entry.n} desk={desk} entry={entry} before={chat.entries[index - 1]} />
          ))}
          {outgoing.map((sent) => (
            <li
              key={sent.id}
              class={sent.isNote ? "Entries-sending Entries-sending--note" : "Entries-sending"}
              data-testid="outgoing"
            >
              <p>{sent.text}</p>
              <small>{desk.words.entry.sending}</small>
            </li>
          ))}
        </ol>
        {row && <PartAfter desk={desk} row={row} />}
      </div>
      {isBehind && (
        <button type="button" class="Button Entries-below" onClick={toEnd}>
          {desk.words.chat.newBelow}
        </button>
      )}
    </div>
  );
}

/** Follows the newest entry, unless somebody reads further up; what one sends is always shown. */
function useStickyEnd(entries: number, outgoing: number) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const sentBefore = useRef(outgoing);
  const [isBehind, setBehind] = useState(false);
  const toEnd = () => {
    box.current?.scrollTo(0, box.current.scrollHeight);
    setBehind(false);
  };
  useLayoutEffect(() => {
    const hasSent = outgoing > sentBefore.current;
    sentBefore.current = outgoing;
    if (isAtEnd.current || hasSent) toEnd();
    else setBehind(true);
  }, [entries, outgoing]);
  useLayoutEffect(() => {
    // Opening a panel above or growing text below must not hide the newest entry.
    const watcher = new ResizeObserver(() => isAtEnd.current && toEnd());
    if (box.current) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  const scrolled = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PIXELS;
    if (isAtEnd.current) setBehind(false);
  };
  return { box, scrolled, isBehind, toEnd };
}

type EntryWithDayProps = { desk: Desk; entry: Entry; before: Entry | undefined };

function EntryWithDay({ desk, entry, before }: EntryWithDayProps) {
  const isNewDay = !before || !isSameDay(new Date(before.at), new Date(entry.at));
  return (
    <>
      {isNewDay && (
        <li class="Entries-day" data-testid="day">
          <span>{day(desk.words, entry.at, desk.now.value)}</span>
        </li>
      )}
      <EntryItem desk={desk} entry={entry} isFollowing={isSameAlbum(before, entry)} />
    </>
  );
}
