/** How long a conversation is put aside, in the time of this computer. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The server takes no more. */
const DAYS_MAX = 92;
const MORNING_HOUR = 9;

export const PRESETS = ["quarter", "hour", "tomorrow"] as const;
export type HoldPreset = (typeof PRESETS)[number];

/** When it is over, in milliseconds. */
export function holdEnd(preset: HoldPreset, now: number): number {
  switch (preset) {
    case "quarter":
      return now + 15 * MINUTE_MS;
    case "hour":
      return now + HOUR_MS;
    case "tomorrow": {
      const today = new Date(now);
      const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
      return new Date(year, month, day + 1, MORNING_HOUR).getTime();
    }
    default:
      return preset satisfies never;
  }
}

/** As a field of date and time shows it: local, without a zone. */
export function fieldTime(ms: number): string {
  const at = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What such a field says, if a conversation may be put aside until then. */
export function chosenEnd(field: string, now: number): number | null {
  const ms = new Date(field).getTime();
  return ms > now && ms - now <= DAYS_MAX * DAY_MS ? ms : null;
}

export function latestEnd(now: number): number {
  return now + DAYS_MAX * DAY_MS;
}
