/** The screens of lines and channels, fetched when somebody first goes there: operators never do. */

import { useEffect, useState } from "preact/hooks";
import type { Place } from "../core/place.ts";
import type { Desk } from "./desk.ts";
import type { ChannelsScreen } from "./channels/ChannelsScreen.tsx";
import type { LinesScreen } from "./lines/LinesScreen.tsx";

type Screens = { Lines: typeof LinesScreen; Channels: typeof ChannelsScreen };
type Fetched = Screens | "loading" | "gone";

let fetched: Fetched = "loading";

type SettingsLaterProps = { desk: Desk; place: Extract<Place, { at: "lines" | "channels" }> };

export function SettingsLater({ desk, place }: SettingsLaterProps) {
  const [, setArrived] = useState(false);
  const become = (screen: Fetched) => {
    fetched = screen;
    setArrived(true);
  };
  useEffect(() => {
    if (fetched !== "loading") return;
    const both = [import("./lines/LinesScreen.tsx"), import("./channels/ChannelsScreen.tsx")] as const;
    Promise.all(both).then(
      ([lines, channels]) =>
        become({ Lines: lines.LinesScreen, Channels: channels.ChannelsScreen }),
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
  const { Lines, Channels } = fetched;
  if (place.at === "channels") return <Channels desk={desk} channel={place.channel} />;
  return <Lines desk={desk} line={place.line} tab={place.tab} />;
}
