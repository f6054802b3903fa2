/** One entry: a message, a note, or a fact in words. */

import type { Author, DeliveryState, Entry, Message } from "../../client/index.ts";
import { openRow } from "../core/select.ts";
import type { Words } from "../i18n/en.ts";
import { reasonWords } from "../i18n/reason.ts";
import { AttachmentItem } from "./AttachmentItem.tsx";
import "./EntryItem.css";
import { personName, type Desk } from "./desk.ts";
import { factWords } from "./fact.ts";
import { clock, fullTime } from "./time.ts";

export function EntryItem({ desk, entry }: { desk: Desk; entry: Entry }) {
  const { body, author } = entry;
  const kind = body.kind === "message" ? author.kind : body.kind;
  return (
    <li
      class={`EntryItem EntryItem--${kind}`}
      data-testid="entry"
      data-entry={entry.n}
      data-author={author.kind}
      data-kind={body.kind}
    >
      <EntryBody desk={desk} entry={entry} />
    </li>
  );
}

function EntryBody({ desk, entry }: { desk: Desk; entry: Entry }) {
  const { words } = desk;
  const { body } = entry;
  switch (body.kind) {
    case "message":
      return (
        <>
          <p class="EntryItem-author">{authorWords(desk, entry.author)}</p>
          {body.text !== "" && <p class="EntryItem-text">{body.text}</p>}
          {body.attachments?.map((attachment, index) => (
            <AttachmentItem key={index} words={words} attachment={attachment} />
          ))}
          <MessageFoot words={words} entry={entry} message={body} />
        </>
      );
    case "note":
      return (
        <>
          <p class="EntryItem-author">
            {authorWords(desk, entry.author)}, {words.entry.note}
          </p>
          <p class="EntryItem-text">{body.text}</p>
          <p class="EntryItem-foot">
            <Time words={words} entry={entry} />
          </p>
        </>
      );
    case "fact":
      return (
        <p class="EntryItem-fact">
          {factWords(desk, body)} <Time words={words} entry={entry} />
        </p>
      );
    default:
      return body satisfies never;
  }
}

type MessageFootProps = { words: Words; entry: Entry; message: Message };

function MessageFoot({ words, entry, message }: MessageFootProps) {
  const { delivery, edited_at } = message;
  return (
    <p class="EntryItem-foot">
      {edited_at && (
        <span data-testid="edited" title={fullTime(words, edited_at)}>
          {words.entry.edited}
        </span>
      )}
      {delivery && (
        <span
          class={`EntryItem-delivery EntryItem-delivery--${delivery.state}`}
          data-testid="delivery"
          data-state={delivery.state}
        >
          {deliveryWords(words, delivery)}
        </span>
      )}
      <Time words={words} entry={entry} />
    </p>
  );
}

function Time({ words, entry }: { words: Words; entry: Entry }) {
  return (
    <time dateTime={entry.at} title={fullTime(words, entry.at)}>
      {clock(words, entry.at)}
    </time>
  );
}

function authorWords(desk: Desk, author: Author): string {
  const { words, state } = desk;
  switch (author.kind) {
    case "customer":
      return openRow(state)?.customer_name || words.entry.customer;
    case "operator": {
      const name = personName(desk, author.id);
      return author.id === state.me?.id ? `${name} (${words.chat.you})` : name;
    }
    case "line":
      return words.entry.line;
    default:
      return author satisfies never;
  }
}

function deliveryWords(words: Words, delivery: DeliveryState): string {
  return delivery.state === "failed"
    ? words.entry.delivery.failed(reasonWords(words, delivery.reason))
    : words.entry.delivery[delivery.state];
}
