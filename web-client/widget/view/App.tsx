import { wanted } from "../core/select.ts";
import type { Introduction } from "../core/protocol.ts";
import type { Pending, State } from "../core/state.ts";
import type { Words } from "../i18n/en.ts";
import { Composer } from "./Composer.tsx";
import { ContactForm } from "./ContactForm.tsx";
import { Head } from "./Head.tsx";
import { Log } from "./Log.tsx";
import { StatusLine } from "./StatusLine.tsx";

export type Actions = {
  write(text: string): void;
  again(pending: Pending): void;
  attach(files: File[]): void;
  rate(value: number): void;
  /** `question`: what he wants, if he was asked; it is sent once he is known. */
  introduce(form: Introduction & { question: string }): void;
  type(): void;
  close(): void;
};

export type Shown = { state: State; words: Words; actions: Actions };

export function App({ state, words, actions }: Shown) {
  const { widget } = state;
  if (widget === null) {
    return (
      <main class="chat empty">
        <p role="status">{state.at === "gone" ? words.gone : words.connecting}</p>
      </main>
    );
  }
  const form = wanted(state);
  return (
    <div class="chat" role="dialog" aria-label={widget.title} data-testid="chat">
      <Head state={state} words={words} actions={actions} />
      <Log state={state} words={words} actions={actions} />
      <StatusLine state={state} words={words} />
      {form === null ? (
        <Composer words={words} actions={actions} />
      ) : (
        <ContactForm key={form} wanted={form} state={state} words={words} actions={actions} />
      )}
    </div>
  );
}
