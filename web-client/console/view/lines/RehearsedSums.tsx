/** The sums of a rehearsed day, side by side. */

import type { Rehearsal, Summary } from "../../core/line.ts";
import type { Words } from "../../i18n/en.ts";
import { SUM_NAMES, sumWords, verdictOf, type SumName } from "./rehearsed.ts";
import { dayOf } from "./when.ts";

export function RehearsedSums({ words: allWords, rehearsed }: { words: Words; rehearsed: Rehearsal }) {
  const words = allWords.lines.rehearsal;
  const { as_it_is: before, as_proposed: after } = rehearsed;
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
          {SUM_NAMES.map((name) => (
            <tr key={name}>
              <th scope="row">{words.rows[name]}</th>
              <td>{sumWords(allWords, name, before[name])}</td>
              <td>{sumWords(allWords, name, after[name])}</td>
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
  const verdict = verdictOf(name, before, after);
  if (verdict === null) return null;
  return <span class={`Rehearsal-${verdict}`}>{words.lines.rehearsal[verdict]}</span>;
}
