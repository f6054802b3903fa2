/** The screen of lines, fetched when somebody first goes there: operators never do. */

import { useEffect, useState } from "preact/hooks";
import type { Place } from "../core/place.ts";
import type { Desk } from "./desk.ts";
import type { LinesScreen } from "./lines/LinesScreen.tsx";

type Fetched = typeof LinesScreen | "loading" | "gone";

let fetched: Fetched = "loading";

type LinesLaterProps = { desk: Desk; place: Extract<Place, { at: "lines" }> };

export function LinesLater({ desk, place }: LinesLaterProps) {
  const [, setArrived] = useState(false);
  const become = (screen: Fetched) => {
    fetched = screen;
    setArrived(true);
  };
  useEffect(() => {
    if (fetched !== "loading") return;
    import("./lines/LinesScreen.tsx").then(
      (module) => become(module.LinesScreen),
      () => become("gone"),
    );
  }, []);
  if (fetched === "loading") return null;
  if (fetched === "gone") {
    // The server has another version by now, or is not there.
    return (
      <p class="StaleBar" role="alert">
        {desk.words.link.outdatedLong}
        <button type="button" class="Button Button--small" onClick={desk.actions.reloadPage}>
          {desk.words.link.reload}
        </button>
      </p>
    );
  }
  const Screen = fetched;
  return <Screen desk={desk} line={place.line} tab={place.tab} />;
}
