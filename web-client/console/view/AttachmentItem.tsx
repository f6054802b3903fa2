/** What a message carries beside its text. */

import type { Attachment } from "../../client/index.ts";
import type { Words } from "../i18n/en.ts";
import "./AttachmentItem.css";

type AttachmentItemProps = { words: Words; attachment: Attachment };

export function AttachmentItem({ words: allWords, attachment }: AttachmentItemProps) {
  const words = allWords.attachment;
  switch (attachment.kind) {
    case "contact":
      return (
        <p class="AttachmentItem" data-testid="attachment">
          <b>{attachment.own ? words.ownContact : words.contact}</b>
          <span>{attachment.name}</span>
          <a href={`tel:${attachment.phone.replace(/[^\d+]/g, "")}`} rel={REL}>
            {attachment.phone}
          </a>
        </p>
      );
    case "location":
      return (
        <p class="AttachmentItem" data-testid="attachment">
          <b>{attachment.title ?? words.location}</b>
          <span>
            {attachment.latitude.toFixed(5)}, {attachment.longitude.toFixed(5)}
          </span>
          <a href={mapAddress(attachment.latitude, attachment.longitude)} target="_blank" rel={REL}>
            {words.openMap}
          </a>
        </p>
      );
    case "sticker":
      return (
        <p class="AttachmentItem-sticker" title={words.sticker} data-testid="attachment">
          {attachment.emoji}
        </p>
      );
    case "file":
      return (
        <p class="AttachmentItem" title={words.fileStays} data-testid="attachment">
          <b>{words.kinds[attachment.what] ?? attachment.what}</b>
          {attachment.name && <span>{attachment.name}</span>}
          {attachment.size_bytes !== undefined && <span>{words.size(attachment.size_bytes)}</span>}
        </p>
      );
    case "other":
      return (
        <p class="AttachmentItem" data-testid="attachment">
          {words.other(attachment.what)}
        </p>
      );
    default:
      return attachment satisfies never;
  }
}

const REL = "noopener noreferrer nofollow";

function mapAddress(latitude: number, longitude: number): string {
  const place = `${latitude}/${longitude}`;
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${place}`;
}
