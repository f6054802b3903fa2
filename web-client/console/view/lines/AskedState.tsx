/** That something is being asked of the server, or why there is no answer. */

import type { Asked } from "../../core/failure.ts";
import { failureWords } from "../../i18n/failure.ts";
import type { Desk } from "../desk.ts";
import "./AskedState.css";

type AskedStateProps = {
  desk: Desk;
  asked: Asked<unknown>;
  /** What is said meanwhile. */
  asking?: string;
  onRetry: () => void;
};

export function AskedState({ desk, asked, asking, onRetry }: AskedStateProps) {
  const { words } = desk;
  if (asked.failure) {
    return (
      <p class="AskedState AskedState--failed" role="alert" data-testid="asked-failed">
        {failureWords(words, asked.failure)}
        <button type="button" class="Button Button--small" onClick={onRetry}>
          {words.lines.failure.retry}
        </button>
      </p>
    );
  }
  if (!asked.busy || asked.value !== null) return null;
  return (
    <p class="AskedState" role="status">
      {asking ?? words.lines.page.loading}
    </p>
  );
}
