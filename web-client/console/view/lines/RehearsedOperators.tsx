/** What each operator got on a rehearsed day, as it is and as proposed. */

import type { OperatorId } from "../../../client/index.ts";
import type { Rehearsal, Summary } from "../../core/line.ts";
import { personName, type Desk } from "../desk.ts";

const COLUMNS = ["offered", "accepted", "missed", "declined"] as const;

export function RehearsedOperators({ desk, rehearsed }: { desk: Desk; rehearsed: Rehearsal }) {
  const words = desk.words.lines.rehearsal;
  const { as_it_is, as_proposed } = rehearsed;
  const both = [...as_it_is.by_operator, ...as_proposed.by_operator];
  const operators = [...new Set(both.map(({ operator }) => operator))];
  if (operators.length === 0) return null;
  return (
    <div class="Rehearsal-scroll">
      <table class="Rehearsal-table" data-testid="rehearsed-operators">
        <caption>{words.byOperator}</caption>
        <thead>
          <tr>
            <th scope="col" class="Rehearsal-what">
              {words.operator}
            </th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {words[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {operators.map((id) => (
            <tr key={id}>
              <th scope="row">{personName(desk, id)}</th>
              {COLUMNS.map((column) => (
                <td key={column}>
                  <Change before={of(as_it_is, id)[column]} after={of(as_proposed, id)[column]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Change({ before, after }: { before: number; after: number }) {
  if (before === after) return <>{before}</>;
  return (
    <>
      {before} → <b>{after}</b>
    </>
  );
}

/** Whoever is not named was offered nothing. */
function of(summary: Summary, id: OperatorId): Record<(typeof COLUMNS)[number], number> {
  const none = { offered: 0, accepted: 0, missed: 0, declined: 0 };
  return summary.by_operator.find(({ operator }) => operator === id) ?? none;
}
