/** What a message carries beside its text. */

import type { Attachment } from "../../client/index.ts";
import { fileAddress } from "../core/attachment.ts";
import type { Words } from "../i18n/en.ts";
import { kindWord } from "../i18n/kind.ts";
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
      return <FileItem words={words} file={attachment} />;
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

type FileItemProps = { words: Words["attachment"]; file: Extract<Attachment, { kind: "file" }> };

function FileItem({ words, file }: FileItemProps) {
  const address = fileAddress(file);
  const word = kindWord(words, file.what);
  return (
    <p class="AttachmentItem" title={address ? undefined : words.fileStays} data-testid="attachment">
      <b>{word}</b>
      {address ? (
        <a href={address} target="_blank" rel={REL}>
          {file.name || words.openFile}
        </a>
      ) : (
        file.name && <span>{file.name}</span>
      )}
      {file.size_bytes !== undefined && <span>{words.size(file.size_bytes)}</span>}
    </p>
  );
}

const REL = "noopener noreferrer nofollow";

function mapAddress(latitude: number, longitude: number): string {
  const place = `${latitude}/${longitude}`;
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${place}`;
}
