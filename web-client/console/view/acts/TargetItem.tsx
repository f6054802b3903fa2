/** Somebody, or a line, that a conversation can be handed to. */

import type { Status, TargetState } from "../../../client/index.ts";
import { StatusDot } from "../StatusDot.tsx";
import "./TargetItem.css";

type TargetItemProps = {
  name: string;
  /** Null: it is no person. */
  status: Status | null;
  says: string;
  trouble: TargetState | null;
  isChosen: boolean;
  testId: string;
  onChoose: () => void;
};

export function TargetItem(props: TargetItemProps) {
  return (
    <label class="TargetItem" data-testid={props.testId} data-trouble={props.trouble}>
      <input type="radio" name="target" checked={props.isChosen} onChange={props.onChoose} />
      {props.status && <StatusDot status={props.status} />}
      <span class="TargetItem-name">{props.name}</span>
      <span class={props.trouble ? "TargetItem-says TargetItem-says--trouble" : "TargetItem-says"}>
        {props.says}
      </span>
    </label>
  );
}
