/** How far a message to the customer has come, in words. */

import type { DeliveryState } from "../../client/index.ts";
import type { Words } from "../i18n/en.ts";
import { reasonWords } from "../i18n/reason.ts";

export function deliveryWords(words: Words, delivery: DeliveryState): string {
  return delivery.state === "failed"
    ? words.entry.delivery.failed(reasonWords(words, delivery.reason))
    : words.entry.delivery[delivery.state];
}
