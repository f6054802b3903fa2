/** Which screen is shown. */

import { DeskScreen } from "./DeskScreen.tsx";
import { SetUp } from "./SetUp.tsx";
import { SignIn } from "./SignIn.tsx";
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
      return <DeskScreen desk={desk} />;
    default:
      return screen satisfies never;
  }
}
