/** What a colleague said who handed a conversation on. */

import type { Entry, OperatorId } from "../../../client/index.ts";

export type Handover = { by: OperatorId; comment: string | null };

export function handoverIn({ body }: Entry): Handover | null {
  if (body.kind !== "fact") return null;
  if (body.fact !== "transferred" && body.fact !== "came_from") return null;
  return { by: body.operator, comment: body.comment };
}
