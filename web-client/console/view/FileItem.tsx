/** A file of a message: on its way to us, kept here, or out of reach. */

import type { Attachment, ConversationId, FileCopy, StoredFile } from "../../client/index.ts";
import { fileAddress, pathOf, playerOf } from "../core/attachment.ts";
import type { Words } from "../i18n/en.ts";
import { kindWord } from "../i18n/kind.ts";
import "./FileItem.css";

type FileAttachment = Extract<Attachment, { kind: "file" }>;
type FileItemProps = {
  words: Words["attachment"];
  conversation: ConversationId;
  file: FileAttachment;
};

export function FileItem({ words, conversation, file }: FileItemProps) {
  const { copy } = file;
  return (
    <div class="FileItem" data-testid="attachment" data-copy={copy?.state ?? "none"}>
      {copy?.state === "stored" ? (
        <Kept words={words} path={pathOf(conversation, copy.file)} file={copy.file} what={file.what} />
      ) : (
        <Elsewhere words={words} file={file} copy={copy} />
      )}
    </div>
  );
}

type KeptProps = { words: Words["attachment"]; path: string; file: StoredFile; what: string };

function Kept({ words, path, file, what }: KeptProps) {
  const player = playerOf(file);
  const label = file.name || kindWord(words, what);
  return (
    <>
      {file.picture && (
        <a href={`${path}/picture`} target="_blank" rel="noopener">
          <img
            class="FileItem-picture"
            src={`${path}/picture`}
            width={file.picture.width}
            height={file.picture.height}
            alt={label}
            loading="lazy"
            data-testid="picture"
          />
        </a>
      )}
      {player === "audio" && <audio controls preload="none" src={path} aria-label={label} />}
      {player === "video" && (
        <video class="FileItem-video" controls preload="none" src={path} aria-label={label} />
      )}
      <p class="FileItem-line">
        <b>{kindWord(words, what)}</b>
        <a href={path} download={file.name} data-testid="download">
          {label}
        </a>
        <span>{words.size(file.size_bytes)}</span>
      </p>
    </>
  );
}

type ElsewhereProps = {
  words: Words["attachment"];
  file: FileAttachment;
  copy: Exclude<FileCopy, { state: "stored" }> | undefined;
};

function Elsewhere({ words, file, copy }: ElsewhereProps) {
  const address = copy?.state === "loading" ? null : fileAddress(file);
  return (
    <p class="FileItem-line" title={copy || address ? undefined : words.fileStays}>
      <b>{kindWord(words, file.what)}</b>
      {address ? (
        <a href={address} target="_blank" rel="noopener noreferrer nofollow">
          {file.name || words.openFile}
        </a>
      ) : (
        file.name && <span>{file.name}</span>
      )}
      {file.size_bytes !== undefined && <span>{words.size(file.size_bytes)}</span>}
      {copy?.state === "loading" && <span class="FileItem-state">{words.loading}</span>}
      {copy?.state === "missing" && (
        <span class="FileItem-state">
          {words.missing}: {words.problems[copy.why]}
        </span>
      )}
    </p>
  );
}
