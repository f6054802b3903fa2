/** The question that is open, if any. */

import { openDialog } from "../../core/desk/dialog.ts";
import type { Desk } from "../desk.ts";
import { ConfirmTransfer } from "./ConfirmTransfer.tsx";
import { FinishDialog } from "./FinishDialog.tsx";
import { HoldDialog } from "./HoldDialog.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { LeadDialog } from "./LeadDialog.tsx";
import { ReviewDialog } from "./ReviewDialog.tsx";
import { SpamDialog } from "./SpamDialog.tsx";
import { TopicDialog } from "./TopicDialog.tsx";
import { TransferDialog } from "./TransferDialog.tsx";

export function Dialogs({ desk }: { desk: Desk }) {
  const dialog = openDialog(desk.state);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "transfer":
      return <TransferDialog desk={desk} conversation={dialog.conversation} />;
    case "confirm_transfer":
      return <ConfirmTransfer desk={desk} command={dialog.command} target={dialog.target} />;
    case "invite":
      return <InviteDialog desk={desk} conversation={dialog.conversation} />;
    case "hold":
      return <HoldDialog desk={desk} conversation={dialog.conversation} />;
    case "topic":
      return <TopicDialog desk={desk} dialog={dialog} />;
    case "finish":
      return <FinishDialog desk={desk} dialog={dialog} />;
    case "spam":
      return <SpamDialog desk={desk} dialog={dialog} />;
    case "review":
      return <ReviewDialog desk={desk} conversation={dialog.conversation} />;
    case "lead":
      return <LeadDialog desk={desk} dialog={dialog} />;
    default:
      return dialog satisfies never;
  }
}
