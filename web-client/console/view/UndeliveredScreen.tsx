/** Messages that did not reach their customers: for administrators. */

import { useEffect, useState } from "preact/hooks";
import { undelivered, type Undelivered } from "../net/api.ts";
import { NoticeBar } from "./NoticeBar.tsx";
import { StaleBar } from "./StaleBar.tsx";
import { TopBar } from "./TopBar.tsx";
import { deliveryWords } from "./delivery.ts";
import { channelName, type Desk } from "./desk.ts";
import { moment } from "./time.ts";
import "./UndeliveredScreen.css";

export function UndeliveredScreen({ desk }: { desk: Desk }) {
  const words = desk.words.undelivered;
  const [messages, setMessages] = useState<Undelivered[] | "loading" | "unreachable">("loading");
  const load = () => void undelivered().then(setMessages);
  useEffect(load, []);
  return (
    <div class="UndeliveredScreen" data-testid="undelivered">
      <TopBar desk={desk} />
      <StaleBar desk={desk} />
      <main class="UndeliveredScreen-main">
        <h1>{words.title}</h1>
        <p class="UndeliveredScreen-hint">{words.hint}</p>
        {messages === "unreachable" && (
          <p role="alert">
            {words.unreachable}{" "}
            <button type="button" class="Button Button--small" onClick={load}>
              {desk.words.chat.retry}
            </button>
          </p>
        )}
        {Array.isArray(messages) && messages.length === 0 && <p>{words.none}</p>}
        {Array.isArray(messages) && (
          <ul class="UndeliveredScreen-list">
            {messages.map((message) => (
              <UndeliveredItem
                key={`${message.conversation}/${message.entry}`}
                desk={desk}
                message={message}
              />
            ))}
          </ul>
        )}
      </main>
      <NoticeBar desk={desk} />
    </div>
  );
}

function UndeliveredItem({ desk, message }: { desk: Desk; message: Undelivered }) {
  const { words, actions } = desk;
  const [isSent, setSent] = useState(false);
  const { conversation, entry, channel, text, files, delivery, at } = message;
  const sendAgain = () => {
    setSent(true);
    actions.sendAgain(conversation, entry);
  };
  return (
    <li class="UndeliveredScreen-item" data-testid="undelivered-item">
      <p class="UndeliveredScreen-head">
        <b>{channelName(desk, channel)}</b>
        <time dateTime={at}>{moment(words, at)}</time>
      </p>
      <p class="UndeliveredScreen-text">
        {text} {files > 0 && <small>{words.undelivered.files(files)}</small>}
      </p>
      <p class="UndeliveredScreen-why">{deliveryWords(words, delivery)}</p>
      <p class="UndeliveredScreen-buttons">
        <button
          type="button"
          class="Button Button--small"
          disabled={isSent}
          data-testid="send-again"
          onClick={sendAgain}
        >
          {isSent ? words.undelivered.sent : words.entry.sendAgain}
        </button>
        <button
          type="button"
          class="Button Button--small"
          onClick={() => {
            location.hash = "#/";
            actions.open(conversation);
          }}
        >
          {words.undelivered.open}
        </button>
      </p>
    </li>
  );
}
