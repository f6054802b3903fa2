/** Files that are to go with the next reply: on their way to the server, or there. */

import {
  FILES_MAX,
  type ConversationId,
  type FileId,
  type FileProblem,
  type StoredFile,
} from "../../../client/index.ts";
import type { State } from "../state.ts";

export type Upload = {
  key: number;
  name: string;
  sizeBytes: number;
  /** 0..1 */
  progress: number;
  /** Null: it is on its way. */
  result: { file: StoredFile } | { problem: UploadProblem } | null;
};

export type UploadProblem = FileProblem | "not_sent";

export type UploadEvent =
  | { kind: "added"; key: number; name: string; sizeBytes: number }
  | { kind: "moved"; key: number; progress: number }
  | { kind: "ended"; key: number; result: { file: StoredFile } | { problem: UploadProblem } }
  | { kind: "removed"; key: number };

export type Uploads = Readonly<Record<ConversationId, readonly Upload[]>>;

export function withUpload(uploads: Uploads, id: ConversationId, event: UploadEvent): Uploads {
  const before = uploads[id] ?? [];
  return { ...uploads, [id]: after(before, event) };
}

function after(uploads: readonly Upload[], event: UploadEvent): readonly Upload[] {
  const changed = (change: Partial<Upload>) =>
    uploads.map((upload) => (upload.key === event.key ? { ...upload, ...change } : upload));
  switch (event.kind) {
    case "added": {
      const { key, name, sizeBytes } = event;
      if (uploads.length >= FILES_MAX) return uploads;
      return [...uploads, { key, name, sizeBytes, progress: 0, result: null }];
    }
    case "moved":
      return changed({ progress: event.progress });
    case "ended":
      return changed({ result: event.result });
    case "removed":
      return uploads.filter((upload) => upload.key !== event.key);
    default:
      return event satisfies never;
  }
}

export function uploadsOf(state: State, id: ConversationId): readonly Upload[] {
  return state.uploads[id] ?? [];
}

/** What can go with the next reply. */
export function readyFiles(state: State, id: ConversationId): FileId[] {
  return uploadsOf(state, id).flatMap(({ result }) =>
    result !== null && "file" in result ? [result.file.id] : [],
  );
}

export function isUploading(state: State, id: ConversationId): boolean {
  return uploadsOf(state, id).some(({ result }) => result === null);
}
