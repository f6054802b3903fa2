/** The target cannot take it at once: all the same? */

import type { TargetState } from "../../../client/index.ts";
import type { Transfer } from "../../core/desk/dialog.ts";
import { Dialog } from "../Dialog.tsx";
import { lineName, personName, type Desk } from "../desk.ts";

type ConfirmTransferProps = { desk: Desk; command: Transfer; target: TargetState };

export function ConfirmTransfer({ desk, command, target }: ConfirmTransferProps) {
  const { actions } = desk;
  const says = desk.words.dialogs;
  const { to } = command;
  const name = to.kind === "operator" ? personName(desk, to.id) : lineName(desk, to.id);
  return (
    <Dialog
      title={says.confirmTransfer.title}
      lead={says.confirmTransfer[target](name)}
      testId="confirm-transfer"
      submit={says.transfer.anyway}
      cancel={says.cancel}
      onSubmit={() => actions.work.answer({ ...command, confirmed: true })}
      onClose={() => actions.work.ask(null)}
    />
  );
}
