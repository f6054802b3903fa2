/** Files that will go with the reply: how far they are, what they show, and how to leave one out. */

import type { ConversationId } from "../../client/index.ts";
import { pathOf } from "../core/attachment.ts";
import { uploadsOf, type Upload } from "../core/desk/uploads.ts";
import type { Desk } from "./desk.ts";
import "./UploadList.css";

type UploadListProps = { desk: Desk; conversation: ConversationId };

export function UploadList({ desk, conversation }: UploadListProps) {
  const uploads = uploadsOf(desk.state, conversation);
  if (uploads.length === 0) return null;
  return (
    <ul class="UploadList" data-testid="uploads">
      {uploads.map((upload) => (
        <UploadItem key={upload.key} desk={desk} conversation={conversation} upload={upload} />
      ))}
    </ul>
  );
}

function UploadItem({ desk, conversation, upload }: UploadListProps & { upload: Upload }) {
  const { words, actions } = desk;
  const { key, name, sizeBytes, progress, result } = upload;
  const file = result !== null && "file" in result ? result.file : null;
  const problem = result !== null && "problem" in result ? result.problem : null;
  const state = result === null ? "going" : file === null ? "failed" : "ready";
  return (
    <li class={`UploadList-item UploadList-item--${state}`} data-testid="upload" data-state={state}>
      {file?.picture && (
        <img class="UploadList-picture" src={`${pathOf(conversation, file)}/picture`} alt="" />
      )}
      <span class="UploadList-name">{name}</span>
      <small>{words.attachment.size(sizeBytes)}</small>
      {state === "going" && <progress max={1} value={progress} aria-label={name} />}
      {problem !== null && (
        <small role="alert">
          {problem === "not_sent" ? words.reply.notSent : words.attachment.problems[problem]}
        </small>
      )}
      <button
        type="button"
        class="Button Button--small"
        aria-label={words.reply.detach(name)}
        data-testid="detach"
        onClick={() => actions.detach(conversation, key)}
      >
        ×
      </button>
    </li>
  );
}
