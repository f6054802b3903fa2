/** Finishes with the closing text, or without a word. */

import type { Row } from "../../../client/index.ts";
import { isUnderway } from "../../core/select.ts";
import { Menu } from "../Menu.tsx";
import type { Desk } from "../desk.ts";
import "./FinishButtons.css";

export function FinishButtons({ desk, row }: { desk: Desk; row: Row }) {
  const { state, actions } = desk;
  const words = desk.words.acts;
  return (
    <span class="FinishButtons">
      <button
        type="button"
        class="Button"
        data-testid="finish"
        disabled={isUnderway(state, "finish", row.conversation)}
        onClick={() => actions.work.finish(row, false)}
      >
        {words.finish}
      </button>
      <Menu
        label="▾"
        isSymbol
        hint={words.finishMore}
        testId="finish-more"
        items={[
          {
            label: words.finishSilently,
            testId: "finish-silently",
            onChoose: () => actions.work.finish(row, true),
          },
        ]}
      />
    </span>
  );
}
