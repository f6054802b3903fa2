/** The frame of the screens before the desk: a card with a form, its problem, the language. */

import type { ComponentChildren } from "preact";
import type { GateProblem } from "../core/state.ts";
import type { Words } from "../i18n/en.ts";
import "./Gate.css";
import { LanguageSwitch } from "./LanguageSwitch.tsx";
import type { Desk } from "./desk.ts";

type GateProps = {
  desk: Desk;
  title: string;
  lead?: string;
  problem: GateProblem | null;
  submit: string;
  busy: boolean;
  testId: string;
  onSubmit: (form: FormData) => void;
  children: ComponentChildren;
};

export function Gate(props: GateProps) {
  const { desk, problem } = props;
  const submitted = (event: SubmitEvent) => {
    event.preventDefault();
    props.onSubmit(new FormData(event.currentTarget as HTMLFormElement));
  };
  return (
    <main class="Gate">
      <form class="Gate-card" data-testid={props.testId} onSubmit={submitted}>
        <p class="Gate-brand">
          <span class="Gate-mark" aria-hidden="true" />
          {desk.words.product}
        </p>
        <h1 class="Gate-title">{props.title}</h1>
        {props.lead && <p class="Gate-lead">{props.lead}</p>}
        {props.children}
        <p class="Gate-problem" role="alert" data-testid="problem">
          {problem && problemWords(desk.words, problem)}
        </p>
        <button class="Button Button--primary" data-testid="submit" disabled={props.busy}>
          {props.submit}
        </button>
      </form>
      <LanguageSwitch desk={desk} />
    </main>
  );
}

type FieldProps = {
  label: string;
  name: string;
  autocomplete: string;
  isSecret?: true;
  hint?: string;
  minLength?: number;
  autofocus?: boolean;
};

export function Field(props: FieldProps) {
  const common = {
    name: props.name,
    autocomplete: props.autocomplete,
    minLength: props.minLength,
    autofocus: props.autofocus ?? false,
    required: true,
    "data-testid": props.name,
  };
  return (
    <label class="Gate-field">
      <span>{props.label}</span>
      {props.isSecret ? (
        <input type="password" {...common} />
      ) : (
        <input type="text" autocapitalize="none" spellcheck={false} {...common} />
      )}
      {props.hint && <small>{props.hint}</small>}
    </label>
  );
}

function problemWords(words: Words, problem: GateProblem): string {
  switch (problem.kind) {
    case "wrong_password":
      return words.gate.wrongPassword;
    case "throttled":
      return words.gate.throttled(problem.seconds);
    case "unreachable":
      return words.gate.unreachable;
    case "link_used":
      return words.gate.linkUsed;
    case "invalid":
      return words.gate.invalid(words.gate.fields[problem.field ?? ""] ?? problem.field, problem.allowed);
    case "signed_out":
      return words.gate.signedOut;
    case "unexpected":
      return words.gate.unexpected(problem.status);
    default:
      return problem satisfies never;
  }
}
