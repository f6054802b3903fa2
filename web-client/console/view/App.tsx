/** Which screen is shown. */

import { shownPlace } from "../core/select-lines.ts";
import { DeskScreen } from "./DeskScreen.tsx";
import { SettingsLater } from "./SettingsLater.tsx";
import { SetUp } from "./SetUp.tsx";
import { SignIn } from "./SignIn.tsx";
import { UndeliveredScreen } from "./UndeliveredScreen.tsx";
import type { Desk } from "./desk.ts";

export function App({ desk }: { desk: Desk }) {
  const { screen } = desk.state;
  switch (screen.at) {
    case "loading":
      return null;
    case "sign_in":
      return <SignIn desk={desk} busy={screen.busy} problem={screen.problem} />;
    case "set_up":
      return <SetUp desk={desk} screen={screen} />;
    case "desk":
      return <PlaceScreen desk={desk} />;
    default:
      return screen satisfies never;
  }
}

function PlaceScreen({ desk }: { desk: Desk }) {
  const place = shownPlace(desk.state);
  switch (place.at) {
    case "desk":
      return <DeskScreen desk={desk} />;
    case "undelivered":
      return <UndeliveredScreen desk={desk} />;
    case "lines":
    case "channels":
      return <SettingsLater desk={desk} place={place} />;
    default:
      return place satisfies never;
  }
}
