/** The customer cannot be reached again: a phone or an e-mail address is needed for a lead. */

import type { Dialog as Asked, LeadProblem } from "../../core/desk/dialog.ts";
import type { Words } from "../../i18n/en.ts";
import { Dialog } from "../Dialog.tsx";
import type { Desk } from "../desk.ts";

type LeadDialogProps = { desk: Desk; dialog: Extract<Asked, { kind: "lead" }> };

export function LeadDialog({ desk, dialog }: LeadDialogProps) {
  const { words, actions } = desk;
  const says = words.dialogs.lead;
  const { conversation, isBusy, problem } = dialog;
  const submitted = (form: FormData) => {
    const value = (name: string) => String(form.get(name) ?? "").trim();
    const [phone, email] = [value("phone"), value("email")];
    if (phone === "" && email === "") return;
    actions.card.makeLead(conversation, { ...(phone && { phone }), ...(email && { email }) });
  };
  return (
    <Dialog
      title={says.title}
      lead={says.needsContact}
      testId="lead-dialog"
      submit={says.submit}
      cancel={words.dialogs.cancel}
      isBusy={isBusy}
      onSubmit={submitted}
      onClose={() => actions.work.ask(null)}
    >
      <label class="Dialog-field">
        <span>{says.phone}</span>
        <input class="Input" name="phone" type="tel" autocomplete="off" data-testid="lead-phone" />
      </label>
      <label class="Dialog-field">
        <span>{says.email}</span>
        <input class="Input" name="email" type="email" autocomplete="off" data-testid="lead-email" />
      </label>
      {problem && problem.why !== "needs_contact" && (
        <p class="Dialog-problem" role="alert" data-testid="lead-problem">
          {problemWords(words, problem)}
        </p>
      )}
    </Dialog>
  );
}

function problemWords(words: Words, problem: Exclude<LeadProblem, { why: "needs_contact" }>): string {
  const says = words.dialogs.lead;
  switch (problem.why) {
    case "invalid":
      return says.invalid(words.card.fields[problem.field] ?? problem.field, problem.allowed);
    case "exists":
      return says.exists;
    case "no_leads":
      return words.card.problems.noLeads;
    case "not_allowed":
      return says.notAllowed;
    case "unreachable":
      return says.unreachable;
    default:
      return problem satisfies never;
  }
}
