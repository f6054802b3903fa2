/** What can be opened of an attachment. */

import type { Attachment, ConversationId, Entry, StoredFile } from "../../client/index.ts";

/**
 * Where the file lies on the web. Of most platforms we hold only a handle; our own webhook gives an
 * address, and it is the customer's: anything but a plain web address is no link.
 */
export function fileAddress(file: Extract<Attachment, { kind: "file" }>): string | null {
  const { external_id: address = "" } = file;
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  return new URL(address).href;
}

/** Where a file is that we keep. */
export function pathOf(conversation: ConversationId, { id }: StoredFile): string {
  return `/files/${encodeURIComponent(conversation)}/${encodeURIComponent(id)}`;
}

/** What plays it, if browsers can. */
export function playerOf({ media_type }: StoredFile): "audio" | "video" | null {
  const kind = media_type.split("/")[0];
  return kind === "audio" || kind === "video" ? kind : null;
}

/** Parts of an album come as messages of their own. */
export function isSameAlbum(before: Entry | undefined, entry: Entry): boolean {
  if (before?.body.kind !== "message" || entry.body.kind !== "message") return false;
  return entry.body.album !== undefined && entry.body.album === before.body.album;
}
