/** Sends files to the server as soon as they are chosen, and says how far they are. */

import type { Signal } from "@preact/signals";
import {
  FILES_MAX,
  type ConversationId,
  type FileProblem,
  type StoredFile,
} from "../../client/index.ts";
import { uploadsOf, type UploadProblem } from "../core/desk/uploads.ts";
import type { State } from "../core/state.ts";
import type { Emit } from "./gate.ts";

const KNOWN: readonly FileProblem[] = ["too_many", "empty", "not_allowed"];

export function uploadActions(state: Signal<State>, emit: Emit) {
  const running = new Map<number, XMLHttpRequest>();
  let last = 0;
  return {
    attach(conversation: ConversationId, files: readonly File[]) {
      const room = FILES_MAX - uploadsOf(state.peek(), conversation).length;
      for (const file of files.slice(0, room)) {
        last += 1;
        const key = last;
        const { name, size: sizeBytes } = file;
        emit({ on: "upload", conversation, event: { kind: "added", key, name, sizeBytes } });
        running.set(key, upload(conversation, file, key, emit, () => running.delete(key)));
      }
    },
    detach(conversation: ConversationId, key: number) {
      running.get(key)?.abort();
      emit({ on: "upload", conversation, event: { kind: "removed", key } });
    },
  };
}

/** `fetch` does not say how much of a body is sent. */
function upload(
  conversation: ConversationId,
  file: File,
  key: number,
  emit: Emit,
  ended: () => void,
): XMLHttpRequest {
  const request = new XMLHttpRequest();
  const tell = (result: { file: StoredFile } | { problem: UploadProblem }) => {
    ended();
    emit({ on: "upload", conversation, event: { kind: "ended", key, result } });
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const progress = total > 0 ? loaded / total : 0;
    emit({ on: "upload", conversation, event: { kind: "moved", key, progress } });
  });
  request.addEventListener("load", () => tell(resultOf(request)));
  request.addEventListener("error", () => tell({ problem: "not_sent" }));
  request.addEventListener("abort", ended);
  const name = encodeURIComponent(file.name);
  request.open("POST", `/api/v1/conversations/${encodeURIComponent(conversation)}/files?name=${name}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("X-Switchboard", "1");
  request.send(file);
  return request;
}

function resultOf(request: XMLHttpRequest): { file: StoredFile } | { problem: UploadProblem } {
  if (request.status === 413) return { problem: "too_large" };
  try {
    const body: unknown = JSON.parse(request.responseText);
    if (request.status === 201) return { file: body as StoredFile };
    const { code } = (body as { error: { code: string } }).error;
    return { problem: KNOWN.find((known) => known === code) ?? "not_sent" };
  } catch {
    return { problem: "not_sent" };
  }
}
