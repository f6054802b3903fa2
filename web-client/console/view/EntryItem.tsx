/** One entry: a message, a note, or a fact in words. */

import { useState } from "preact/hooks";
import type { Author, Entry, Fact, Message } from "../../client/index.ts";
import { may } from "../core/desk/rights.ts";
import { openRow } from "../core/select.ts";
import type { Words } from "../i18n/en.ts";
import { reasonWords } from "../i18n/reason.ts";
import { AttachmentItem } from "./AttachmentItem.tsx";
import "./EntryItem.css";
import { EntryMenu } from "./EntryMenu.tsx";
import { Why } from "./Why.tsx";
import { deliveryWords } from "./delivery.ts";
import { personName, type Desk } from "./desk.ts";
import { factWords } from "./fact.ts";
import { clock, fullTime } from "./time.ts";

/** `isFollowing`: it is shown as one with the entry before it. */
type EntryItemProps = { desk: Desk; entry: Entry; isFollowing: boolean };

export function EntryItem({ desk, entry, isFollowing }: EntryItemProps) {
  const { body, author } = entry;
  const kind = body.kind === "message" ? author.kind : body.kind;
  const isUnheard = body.kind === "message" && body.unheard !== undefined;
  const classes = [
    `EntryItem EntryItem--${kind}`,
    isUnheard && "EntryItem--unheard",
    isFollowing && "EntryItem--following",
  ];
  return (
    <li
      class={classes.filter(Boolean).join(" ")}
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
  const { words, state } = desk;
  const { body } = entry;
  switch (body.kind) {
    case "message":
      return (
        <>
          <p class="EntryItem-author">{writerWords(desk, entry.author, body)}</p>
          {body.text !== "" && (
            <p class={body.deleted_at ? "EntryItem-text EntryItem-text--gone" : "EntryItem-text"}>
              {body.text}
            </p>
          )}
          {body.attachments?.map((attachment, index) => (
            <AttachmentItem
              key={index}
              words={words}
              conversation={state.chat?.conversation ?? ""}
              attachment={attachment}
            />
          ))}
          <MessageFoot desk={desk} entry={entry} message={body} />
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
      return <FactItem desk={desk} entry={entry} fact={body} />;
    default:
      return body satisfies never;
  }
}

/** A decision of the queue also says why. */
function FactItem({ desk, entry, fact }: { desk: Desk; entry: Entry; fact: Fact }) {
  const [isWhyOpen, setWhyOpen] = useState(false);
  const { words, state } = desk;
  return (
    <>
      <p class="EntryItem-fact">
        {factWords(desk, fact)} <Time words={words} entry={entry} />{" "}
        {fact.fact === "routed" && (
          <button
            type="button"
            class="EntryItem-why"
            aria-expanded={isWhyOpen}
            data-testid="entry-why"
            onClick={() => setWhyOpen(!isWhyOpen)}
          >
            {words.why.short}
          </button>
        )}
      </p>
      {fact.fact === "routed" && isWhyOpen && (
        <Why
          desk={desk}
          at={entry.at}
          fact={fact}
          isMine={fact.operators.includes(state.me?.id ?? "")}
        />
      )}
    </>
  );
}

type MessageFootProps = { desk: Desk; entry: Entry; message: Message };

function MessageFoot({ desk, entry, message }: MessageFootProps) {
  const { words, state, actions } = desk;
  const row = openRow(state);
  const isOver = message.delivery?.state === "failed" || message.delivery?.state === "unconfirmed";
  const maySend = isOver && row !== null && state.me !== null && may(state.me, "send_again", row);
  const { delivery, deleted_at, reaction, unheard, correction } = message;
  return (
    <p class="EntryItem-foot">
      {reaction && (
        <span class="EntryItem-reaction" title={words.entry.reaction} data-testid="reaction">
          {reaction}
        </span>
      )}
      {unheard && <span data-testid="unheard">{words.unheard[unheard]}</span>}
      <Versions words={words} message={message} />
      {deleted_at && (
        <span
          data-testid="deleted"
          title={`${words.entry.deletedThere} (${fullTime(words, deleted_at)})`}
        >
          {words.entry.deleted}
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
      {maySend && row && (
        <button
          type="button"
          class="EntryItem-again"
          data-testid="send-again"
          onClick={() => actions.sendAgain(row.conversation, entry.n)}
        >
          {words.entry.sendAgain}
        </button>
      )}
      {correction && (
        <span
          class={correction.failed === undefined ? undefined : "EntryItem-delivery--failed"}
          data-testid="correction"
        >
          {correctionWords(words, correction)}
        </span>
      )}
      <Time words={words} entry={entry} />
      <EntryMenu desk={desk} entry={entry} message={message} />
    </p>
  );
}

function correctionWords(words: Words, { what, failed }: NonNullable<Message["correction"]>): string {
  const said = words.entry.correction[what];
  return failed === undefined ? said.pending : said.failed(reasonWords(words, failed));
}

/** Says that it was edited; what stood there before is a click away. */
function Versions({ words, message }: { words: Words; message: Message }) {
  const [isOpen, setOpen] = useState(false);
  const { edited_at, earlier } = message;
  if (!edited_at) return null;
  if (!earlier) {
    return (
      <span data-testid="edited" title={fullTime(words, edited_at)}>
        {words.entry.edited}
      </span>
    );
  }
  return (
    <>
      <button
        type="button"
        class="EntryItem-why"
        aria-expanded={isOpen}
        title={fullTime(words, edited_at)}
        data-testid="edited"
        onClick={() => setOpen(!isOpen)}
      >
        {words.entry.edited}
      </button>
      {isOpen && (
        <span class="EntryItem-earlier" data-testid="earlier">
          {earlier.map(({ text, until }) => (
            <span key={until}>
              {words.entry.earlier(clock(words, until))} {text}
            </span>
          ))}
        </span>
      )}
    </>
  );
}

function Time({ words, entry }: { words: Words; entry: Entry }) {
  return (
    <time dateTime={entry.at} title={fullTime(words, entry.at)}>
      {clock(words, entry.at)}
    </time>
  );
}

/** Of what the line said by itself also which text it is. */
function writerWords(desk: Desk, author: Author, { automatic, writer }: Message): string {
  const { words } = desk;
  if (writer) return `${writer} (${authorWords(desk, author)})`;
  return automatic ? words.entry.automatic(words.fact.texts[automatic]) : authorWords(desk, author);
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
    case "elsewhere":
      return words.entry.elsewhere;
    case "line":
      return words.entry.line;
    default:
      return author satisfies never;
  }
}
