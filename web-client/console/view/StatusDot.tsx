import type { Status } from "../../client/index.ts";
import "./StatusDot.css";

export function StatusDot({ status }: { status: Status }) {
  return <span class={`StatusDot StatusDot--${status}`} aria-hidden="true" />;
}
