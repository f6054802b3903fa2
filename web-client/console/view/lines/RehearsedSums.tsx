/** The sums of a rehearsed day, side by side. */

import type { Rehearsal, Summary } from "../../core/line.ts";
import type { Words } from "../../i18n/en.ts";
import { lasting } from "../time.ts";
import { dayOf } from "./when.ts";

type SumName = Exclude<keyof Summary, "by_operator">;

/** Whether more is better; where nobody can say, it is left open. */
const MORE_IS: Readonly<Record<SumName, "better" | "worse" | null>> = {
  conversations: null,
  accepted: null,
  missed: "worse",
  declined: null,
  unanswered: "worse",
  wait_p50_seconds: "worse",
  wait_p90_seconds: "worse",
  wait_max_seconds: "worse",
};

export function RehearsedSums({ words: allWords, rehearsed }: { words: Words; rehearsed: Rehearsal }) {
  const words = allWords.lines.rehearsal;
  const { as_it_is: before, as_proposed: after } = rehearsed;
  const say = (name: SumName, value: number) =>
    name.endsWith("_seconds") ? lasting(allWords, value * 1_000) : String(value);
  return (
    <div class="Rehearsal-scroll">
      <table class="Rehearsal-table" data-testid="rehearsed-sums">
        <thead>
          <tr>
            <th scope="col" class="Rehearsal-what">
              {dayOf(allWords, rehearsed.day)}
            </th>
            <th scope="col">{words.asItIs}</th>
            <th scope="col">{words.asProposed}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {(Object.keys(MORE_IS) as SumName[]).map((name) => (
            <tr key={name}>
              <th scope="row">{words.rows[name]}</th>
              <td>{say(name, before[name])}</td>
              <td>{say(name, after[name])}</td>
              <td class="Rehearsal-verdict">
                <Verdict words={allWords} name={name} before={before} after={after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type VerdictProps = { words: Words; name: SumName; before: Summary; after: Summary };

function Verdict({ words, name, before, after }: VerdictProps) {
  const more = MORE_IS[name];
  if (more === null || before[name] === after[name]) return null;
  const isBetter = after[name] > before[name] === (more === "better");
  const { better, worse } = words.lines.rehearsal;
  return isBetter ? (
    <span class="Rehearsal-better">{better}</span>
  ) : (
    <span class="Rehearsal-worse">{worse}</span>
  );
}
