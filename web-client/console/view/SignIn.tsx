import type { GateProblem } from "../core/state.ts";
import { Field, Gate } from "./Gate.tsx";
import type { Desk } from "./desk.ts";

type SignInProps = { desk: Desk; busy: boolean; problem: GateProblem | null };

export function SignIn({ desk, busy, problem }: SignInProps) {
  const words = desk.words.signIn;
  return (
    <Gate
      desk={desk}
      title={words.title}
      problem={problem}
      submit={busy ? words.busy : words.submit}
      busy={busy}
      testId="sign-in"
      onSubmit={(form) => desk.actions.signIn(text(form, "login").trim(), text(form, "password"))}
    >
      <Field label={words.login} name="login" autocomplete="username" autofocus />
      <Field
        label={words.password}
        name="password"
        isSecret
        autocomplete="current-password"
      />
    </Gate>
  );
}

function text(form: FormData, name: string): string {
  return String(form.get(name) ?? "");
}
