/** The desk: bar on top, lists on the left, the open chat and its customer beside them. */

import { Dialogs } from "./acts/Dialogs.tsx";
import { CustomerCard } from "./card/CustomerCard.tsx";
import { Chat } from "./Chat.tsx";
import "./DeskScreen.css";
import { Lists } from "./Lists.tsx";
import { NoticeBar } from "./NoticeBar.tsx";
import { StaleBar } from "./StaleBar.tsx";
import { TopBar } from "./TopBar.tsx";
import type { Desk } from "./desk.ts";

export function DeskScreen({ desk }: { desk: Desk }) {
  const isChatOpen = desk.state.chat !== null;
  return (
    <div class={isChatOpen ? "DeskScreen DeskScreen--chat" : "DeskScreen"} data-testid="desk">
      <TopBar desk={desk} />
      <StaleBar desk={desk} />
      <div class="DeskScreen-main">
        <Lists desk={desk} />
        <Chat desk={desk} />
        <CustomerCard desk={desk} />
      </div>
      <NoticeBar desk={desk} />
      <Dialogs desk={desk} />
    </div>
  );
}
