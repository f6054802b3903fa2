import { AlarmBar } from "./AlarmBar.tsx";
import { AwayBar } from "./AwayBar.tsx";
import { ConnectionState } from "./ConnectionState.tsx";
import { LanguageSwitch } from "./LanguageSwitch.tsx";
import { MemoryBar } from "./MemoryBar.tsx";
import { PlaceSwitch } from "./PlaceSwitch.tsx";
import { StatusSwitch } from "./StatusSwitch.tsx";
import "./TopBar.css";
import type { Desk } from "./desk.ts";

/** Above every screen, with what is to be seen whatever one is doing. */
export function TopBar({ desk }: { desk: Desk }) {
  return (
    <>
      <Bar desk={desk} />
      <AlarmBar desk={desk} />
      <AwayBar desk={desk} />
      <MemoryBar desk={desk} />
    </>
  );
}

function Bar({ desk }: { desk: Desk }) {
  const { state, words, actions } = desk;
  const sound = state.sound ? words.bar.soundOn : words.bar.soundOff;
  return (
    <header class="TopBar">
      <span class="TopBar-brand">
        <span class="Gate-mark" aria-hidden="true" />
        <span class="TopBar-name">{words.product}</span>
      </span>
      <PlaceSwitch desk={desk} />
      <StatusSwitch desk={desk} />
      <ConnectionState desk={desk} />
      <span class="TopBar-gap" />
      <span class="TopBar-me" data-testid="me" title={state.me ? words.roles[state.me.role] : ""}>
        {state.me?.name}
      </span>
      <button
        type="button"
        class="TopBar-sound"
        aria-pressed={state.sound}
        aria-label={sound}
        title={sound}
        data-testid="sound"
        onClick={() => actions.setSound(!state.sound)}
      >
        <SoundIcon on={state.sound} />
      </button>
      <LanguageSwitch desk={desk} />
      <button type="button" class="Button" data-testid="sign-out" onClick={actions.signOut}>
        {words.bar.signOut}
      </button>
    </header>
  );
}

function SoundIcon({ on }: { on: boolean }) {
  return (
    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      <path d="M3 8v4h3l4 3.500v-11L6 8z" fill="currentColor" />
      {on ? (
        <path
          d="M12.500 7.200a4 4 0 0 1 0 5.600M14.800 5a7 7 0 0 1 0 10"
          fill="none"
          stroke="currentColor"
          stroke-width="1.600"
          stroke-linecap="round"
        />
      ) : (
        <path
          d="m13 8 4 4m0-4-4 4"
          fill="none"
          stroke="currentColor"
          stroke-width="1.600"
          stroke-linecap="round"
        />
      )}
    </svg>
  );
}
