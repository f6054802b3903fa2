/** What a message carries beside its text. */

import type { Attachment, ConversationId } from "../../client/index.ts";
import type { Words } from "../i18n/en.ts";
import { kindWord } from "../i18n/kind.ts";
import "./AttachmentItem.css";
import { FileItem } from "./FileItem.tsx";

type AttachmentItemProps = {
  words: Words;
  conversation: ConversationId;
  attachment: Attachment;
};

export function AttachmentItem(props: AttachmentItemProps) {
  const { conversation, attachment } = props;
  const words = props.words.attachment;
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
      return <FileItem words={words} conversation={conversation} file={attachment} />;
    case "other":
      return (
        <p class="AttachmentItem" data-testid="attachment">
          {words.sent(kindWord(words, attachment.what))}
        </p>
      );
    default:
      return attachment satisfies never;
  }
}

/** Of links that customers may have a hand in. */
export const REL = "noopener noreferrer nofollow";

function mapAddress(latitude: number, longitude: number): string {
  const place = `${latitude}/${longitude}`;
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${place}`;
}
