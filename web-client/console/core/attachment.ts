/** What can be opened of an attachment. */

import type { Attachment } from "../../client/index.ts";

/**
 * Where the file lies on the web. Of most platforms we hold only a handle; our own webhook gives an
 * address, and it is the customer's: anything but a plain web address is no link.
 */
export function fileAddress(file: Extract<Attachment, { kind: "file" }>): string | null {
  const { external_id: address = "" } = file;
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  return new URL(address).href;
}
