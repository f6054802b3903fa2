import { expect, test } from "vitest";
import type { Entry, StoredFile } from "../../client/index.ts";
import { isSameAlbum, playerOf } from "../core/attachment.ts";
import { emptyChat, loaded, withEvent, type Chat } from "../core/chat.ts";
import { isUploading, readyFiles, withUpload, type Uploads } from "../core/desk/uploads.ts";
import { initial, reduce, type State } from "../core/state.ts";

const CHAT = "0-chat";
const FILE: StoredFile = { id: "f1", name: "a.png", media_type: "image/png", size_bytes: 3 };

function photo(n: number, album?: string): Entry {
  const body = { kind: "message", text: "", attachments: [{ kind: "file", what: "photo" }], external_id: `m${n}` };
  const at = "2026-03-02T09:00:00Z";
  return { n, at, author: { kind: "customer" }, body: { ...body, ...(album && { album }) } } as Entry;
}

function chatWith(...entries: Entry[]): Chat {
  const transcript = { row: null as never, entries, position: "0:1-1.0", draft: null };
  return loaded(emptyChat(CHAT, 1), transcript);
}

test("a file comes after its message, and stands in its place", () => {
  const copy = { state: "stored", file: FILE } as const;
  const event = { kind: "file", conversation: CHAT, entry: 1, attachment: 0, copy } as const;
  const chat = withEvent(chatWith(photo(1), photo(2)), event);
  expect(chat?.entries[0]?.body).toMatchObject({ attachments: [{ what: "photo", copy }] });
  expect(chat?.entries[1]?.body).toMatchObject({ attachments: [{ what: "photo" }] });
});

test("signs stand under the message that they are for", () => {
  const event = { kind: "reacted", conversation: CHAT, external_id: "m2", reaction: "👍" } as const;
  const chat = withEvent(chatWith(photo(1), photo(2)), event);
  const reactions = chat?.entries.map(({ body }) => (body.kind === "message" ? body.reaction : null));
  expect(reactions).toEqual([undefined, "👍"]);
});

test("parts of one album are shown as one", () => {
  expect(isSameAlbum(photo(1, "x"), photo(2, "x"))).toBe(true);
  expect(isSameAlbum(photo(1, "x"), photo(2, "y"))).toBe(false);
  expect(isSameAlbum(photo(1), photo(2))).toBe(false);
  expect(isSameAlbum(undefined, photo(2, "x"))).toBe(false);
});

test("only sound and moving pictures are played", () => {
  const players = ["audio/ogg", "video/mp4", "image/png", "text/plain"].map((media_type) =>
    playerOf({ ...FILE, media_type }),
  );
  expect(players).toEqual(["audio", "video", null, null]);
});

function uploading(): State {
  const added = { kind: "added", key: 1, name: "a.png", sizeBytes: 3 } as const;
  return reduce(initial, { on: "upload", conversation: CHAT, event: added });
}

test("a file goes with the reply once it is on the server", () => {
  const going = uploading();
  expect([isUploading(going, CHAT), readyFiles(going, CHAT)]).toEqual([true, []]);
  const ended = { kind: "ended", key: 1, result: { file: FILE } } as const;
  const ready = reduce(going, { on: "upload", conversation: CHAT, event: ended });
  expect([isUploading(ready, CHAT), readyFiles(ready, CHAT)]).toEqual([false, ["f1"]]);
  const command = { type: "reply", conversation: CHAT, text: "", files: ["f1"] } as const;
  const sent = reduce(ready, { on: "commanded", id: "c1", command: { ...command, files: ["f1"] } });
  expect(readyFiles(sent, CHAT)).toEqual([]);
  const outcome = { outcome: "refused", code: "not_yours", holder: null, message: "" } as const;
  const refused = reduce(sent, { on: "answered", id: "c1", outcome });
  expect(readyFiles(refused, CHAT)).toEqual(["f1"]);
});

test("there are as many files as a message takes", () => {
  let uploads: Uploads = {};
  for (let key = 0; key < 12; key += 1) {
    uploads = withUpload(uploads, CHAT, { kind: "added", key, name: "a", sizeBytes: 1 });
  }
  expect(uploads[CHAT]?.length).toBe(10);
});
