/** One channel: what to do at the platform, its form, how it is. */

import type { Channel, ChannelForm } from "../../core/channels.ts";
import { isMailbox, isWidget, kindOf, snippetOf } from "../../core/channels.ts";
import { CHANNELS, hashOf } from "../../core/place.ts";
import { fieldName, kindName, stepsOf } from "../../i18n/channels.ts";
import { failureWords } from "../../i18n/failure.ts";
import type { Desk } from "../desk.ts";
import { ChannelFields } from "./ChannelFields.tsx";
import { ChannelHealth } from "./ChannelHealth.tsx";
import "./ChannelPage.css";

type ChannelPageProps = { desk: Desk; form: ChannelForm; channel: Channel | null };

export function ChannelPage({ desk, form, channel }: ChannelPageProps) {
  const words = desk.words.channels;
  const kind = kindOf(desk.state.connecting, form.kind);
  return (
    <main class="ChannelPage" data-testid="channel-page">
      <header class="ChannelPage-head">
        <a class="Button ChannelPage-back" href={hashOf(CHANNELS)} aria-label={words.back}>
          ‹
        </a>
        <h1>{channel?.name ?? words.newOne(kindName(words, form.kind))}</h1>
      </header>
      <div class="ChannelPage-parts">
        <section class="ChannelPage-steps" aria-label={words.steps}>
          <h2>{words.steps}</h2>
          <ol>
            {stepsOf(words, form.kind).map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {channel !== null && <Told desk={desk} channel={channel} />}
        </section>
        <form
          class="ChannelPage-form"
          onSubmit={(event) => {
            event.preventDefault();
            desk.actions.channels.save();
          }}
        >
          {kind !== null && <ChannelFields desk={desk} form={form} channel={channel} kind={kind} />}
          <Saving desk={desk} form={form} />
        </form>
        {channel !== null && <ChannelHealth desk={desk} channel={channel} />}
      </div>
    </main>
  );
}

/** What is typed in at the platform: the address always, what was made here only now. */
function Told({ desk, channel }: { desk: Desk; channel: Channel }) {
  const words = desk.words.channels;
  const { told } = desk.state.connecting;
  const what = told?.channel === channel.id ? Object.entries(told.what) : [];
  return (
    <dl class="ChannelPage-told">
      {isWidget(channel) && <Snippet desk={desk} channel={channel} />}
      {!isWidget(channel) && !isMailbox(channel) && (
        <>
          <dt>{words.address}</dt>
          <dd>
            <code data-testid="hook-url">{channel.hook_url}</code>
          </dd>
        </>
      )}
      {what.map(([name, value]) => (
        <>
          <dt key={`${name} name`}>{fieldName(words, name)}</dt>
          <dd key={name}>
            <code data-testid={`told-${name}`}>{value}</code>
          </dd>
        </>
      ))}
      {what.length > 0 && <dd class="ChannelPage-once">{words.toldOnce}</dd>}
    </dl>
  );
}

function Snippet({ desk, channel }: { desk: Desk; channel: Channel }) {
  const words = desk.words.channels;
  const snippet = snippetOf(channel);
  return (
    <>
      <dt>{words.snippet}</dt>
      <dd>
        <code data-testid="snippet">{snippet}</code>{" "}
        <button
          type="button"
          class="Button Button--small"
          data-testid="copy-snippet"
          onClick={() => void navigator.clipboard?.writeText(snippet)}
        >
          {words.copy}
        </button>
      </dd>
    </>
  );
}

function Saving({ desk, form }: { desk: Desk; form: ChannelForm }) {
  const words = desk.words.channels;
  const { saving } = form;
  const failure = saving.failure?.why === "invalid" ? null : saving.failure;
  return (
    <div class="ChannelPage-saving">
      <button
        type="submit"
        class="Button Button--primary"
        disabled={saving.busy}
        data-testid="save-channel"
      >
        {form.channel === null ? words.connect : words.save}
      </button>
      <button type="button" class="Button" onClick={desk.actions.channels.discard}>
        {words.discard}
      </button>
      {saving.failure?.why === "invalid" && (
        <p class="ChannelPage-problem" role="alert">
          {words.invalid}
        </p>
      )}
      {failure && (
        <p class="ChannelPage-problem" role="alert" data-testid="channel-problem">
          {failureWords(desk.words, failure)}
        </p>
      )}
    </div>
  );
}
