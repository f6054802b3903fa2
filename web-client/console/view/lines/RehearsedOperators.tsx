/** What each operator got on a rehearsed day, as it is and as proposed. */

import type { Rehearsal, Summary } from "../../core/line.ts";
import { personName, type Desk } from "../desk.ts";

const COLUMNS = ["offered", "accepted", "missed", "declined"] as const;

type OperatorSums = Summary["by_operator"][number];

export function RehearsedOperators({ desk, rehearsed }: { desk: Desk; rehearsed: Rehearsal }) {
  const words = desk.words.lines.rehearsal;
  const { as_it_is, as_proposed } = rehearsed;
  const both = [...as_it_is.by_operator, ...as_proposed.by_operator];
  const operators = [...new Set(both.map(({ operator }) => operator))];
  const of = (summary: Summary, id: string) =>
    summary.by_operator.find(({ operator }) => operator === id);
  if (operators.length === 0) return null;
  return (
    <div class="Rehearsal-scroll">
      <table class="Rehearsal-table" data-testid="rehearsed-operators">
        <caption>{words.byOperator}</caption>
        <thead>
          <tr>
            <th scope="col" rowSpan={2} class="Rehearsal-what">
              {words.operator}
            </th>
            <th scope="colgroup" colSpan={COLUMNS.length} class="Rehearsal-begins">
              {words.asItIs}
            </th>
            <th scope="colgroup" colSpan={COLUMNS.length} class="Rehearsal-begins">
              {words.asProposed}
            </th>
          </tr>
          <tr>
            {[0, 1].flatMap((half) =>
              COLUMNS.map((column, index) => (
                <th key={`${half} ${column}`} scope="col" class={beginning(index)}>
                  {words[column]}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {operators.map((id) => (
            <tr key={id}>
              <th scope="row">{personName(desk, id)}</th>
              <Sums sums={of(as_it_is, id)} />
              <Sums sums={of(as_proposed, id)} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Sums({ sums }: { sums: OperatorSums | undefined }) {
  return (
    <>
      {COLUMNS.map((column, index) => (
        <td key={column} class={beginning(index)}>
          {sums?.[column] ?? 0}
        </td>
      ))}
    </>
  );
}

function beginning(index: number): string {
  return index === 0 ? "Rehearsal-begins" : "";
}
