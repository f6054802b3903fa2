import type { Screen } from "../core/state.ts";
import { Field, Gate } from "./Gate.tsx";
import type { Desk } from "./desk.ts";

type SetUpProps = { desk: Desk; screen: Extract<Screen, { at: "set_up" }> };

export function SetUp({ desk, screen }: SetUpProps) {
  const words = desk.words.setUp;
  const submitted = (form: FormData) =>
    desk.actions.setUp({
      token: screen.token,
      name: text(form, "name").trim(),
      login: text(form, "login").trim(),
      password: text(form, "password"),
    });
  return (
    <Gate
      desk={desk}
      title={words.title}
      lead={words.lead}
      problem={screen.problem}
      submit={screen.busy ? words.busy : words.submit}
      busy={screen.busy}
      testId="set-up"
      onSubmit={submitted}
    >
      <Field label={words.name} name="name" autocomplete="name" autofocus />
      <Field label={words.login} name="login" autocomplete="username" />
      <Field
        label={words.password}
        name="password"
        isSecret
        autocomplete="new-password"
        hint={words.passwordHint}
        minLength={8}
      />
    </Gate>
  );
}

function text(form: FormData, name: string): string {
  return String(form.get(name) ?? "");
}
