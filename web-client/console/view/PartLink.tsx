/** The conversation, or the part of this one, before or after. */

import type { Row } from "../../client/index.ts";
import "./PartLink.css";
import { lineName, type Desk } from "./desk.ts";

export function PartBefore({ desk, row }: { desk: Desk; row: Row }) {
  const { continues } = row;
  if (continues === undefined) return null;
  return (
    <PartLink desk={desk} says={desk.words.calls.continues} to={continues} testId="part-before" />
  );
}

export function PartAfter({ desk, row }: { desk: Desk; row: Row }) {
  if (row.reason?.why !== "moved") return null;
  const { line, next } = row.reason;
  const says = desk.words.calls.goesOn(lineName(desk, line));
  return <PartLink desk={desk} says={says} to={next} testId="part-after" />;
}

type PartLinkProps = { desk: Desk; says: string; to: string; testId: string };

function PartLink({ desk, says, to, testId }: PartLinkProps) {
  return (
    <p class="PartLink">
      {says}
      <button
        type="button"
        class="Button Button--small"
        data-testid={testId}
        onClick={() => desk.actions.work.lookUp(to)}
      >
        {desk.words.calls.openPart}
      </button>
    </p>
  );
}
