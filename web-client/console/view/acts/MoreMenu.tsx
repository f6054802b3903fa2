/** What is done less often, or with more thought. */

import type { Row } from "../../../client/index.ts";
import { can, type Act } from "../../core/desk/possible.ts";
import { canMakeLead } from "../../core/desk/card.ts";
import { Menu, type MenuItem } from "../Menu.tsx";
import { personName, type Desk } from "../desk.ts";

export function MoreMenu({ desk, row }: { desk: Desk; row: Row }) {
  const items = itemsFor(desk, row);
  if (items.length === 0) return null;
  const { more, moreHint } = desk.words.acts;
  return <Menu label={`${more} ▾`} hint={moreHint} testId="more" items={items} />;
}

function itemsFor(desk: Desk, row: Row): MenuItem[] {
  const { state, actions } = desk;
  const words = desk.words.acts;
  const { conversation } = row;
  const { ask, command } = actions.work;
  const takeOver = row.operator ? words.takeOverFrom(personName(desk, row.operator)) : words.takeOver;
  const may = (act: Act, label: string, onChoose: () => void): MenuItem[] =>
    can(state, act, row) ? [{ label, testId: act, onChoose }] : [];
  const spam = (label: string, block: boolean): MenuItem => ({
    label,
    testId: block ? "spam-and-block" : "spam",
    isGrave: true,
    onChoose: () => ask({ kind: "spam", conversations: [conversation], block }),
  });
  const makeLead = () => actions.card.makeLead(conversation, {});
  return [
    ...may("hold", words.hold, () => ask({ kind: "hold", conversation })),
    ...may("invite", words.invite, () => ask({ kind: "invite", conversation })),
    ...may("join", words.join, () => command({ type: "join", conversation })),
    ...may("leave", words.leave, () => command({ type: "leave", conversation })),
    ...may("take_over", takeOver, () => command({ type: "take_over", conversation })),
    ...may("release", words.release, () => command({ type: "release", conversation })),
    ...(can(state, "transfer", row)
      ? []
      : may("move", words.move, () => ask({ kind: "transfer", conversation }))),
    ...may("review", words.review, () => ask({ kind: "review", conversation })),
    ...(canMakeLead(state.me, state.card, row)
      ? [{ label: words.lead, testId: "lead", onChoose: makeLead }]
      : []),
    ...(can(state, "spam", row)
      ? [spam(words.spam, false), spam(words.spamAndBlock, true)]
      : []),
  ];
}
