/** Sending files, and showing them. A script of its own: loaded by whoever has to do with a file. */

import type { Item, Message, MessageFile } from "../core/protocol.ts";

/** Of one message. */
const FILES_MAX = 10;

const WORDS = {
  en: {
    sending: "sending…",
    remove: "Remove",
    too_large: "this file is too large.",
    not_allowed: "files of this kind cannot be sent.",
    too_many: "you have sent as many files as there may be.",
    too_fast: "you have sent many files; try again later.",
    empty: "this file is empty.",
    other: "this did not work. Try again.",
    gone: "The file is not there any more.",
  },
  ru: {
    sending: "отправляется…",
    remove: "Убрать",
    too_large: "файл слишком большой.",
    not_allowed: "такие файлы отправить нельзя.",
    too_many: "больше файлов отправить нельзя.",
    too_fast: "отправлено много файлов, попробуйте позже.",
    empty: "файл пуст.",
    other: "не получилось, попробуйте ещё раз.",
    gone: "Этого файла больше нет.",
  },
};

type Problem = keyof (typeof WORDS)["en"];

/** What the chat does for its files. */
export type Around = {
  language(): "en" | "ru";
  /** Asks the hub as this visitor; `path` is behind that of the widget. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a message with these, which were uploaded. */
  send(files: string[]): void;
};

/** Uploads files, then sends the message that they go with. */
export async function send(chosen: readonly File[], around: Around): Promise<void> {
  const files = chosen.slice(0, FILES_MAX);
  if (files.length === 0) return;
  const words = WORDS[around.language()];
  const [bubble, name, foot] = [element("article", "bubble own"), element("p"), element("p")];
  name.textContent = files.map(({ name }) => name).join(", ");
  foot.textContent = words.sending;
  foot.className = "bubble-foot";
  bubble.dataset["testid"] = "upload";
  bubble.append(name, foot);
  document.querySelector(".log")?.append(bubble);
  bubble.scrollIntoView();
  const sent: string[] = [];
  for (const file of files) {
    const uploaded = await upload(file, around);
    if ("problem" in uploaded) {
      const problem = words[uploaded.problem];
      foot.textContent = files.length > 1 ? `${file.name}: ${problem}` : problem;
      return atEnd(() => bubble.append(removal(bubble, words.remove)));
    }
    sent.push(uploaded.id);
  }
  bubble.remove();
  around.send(sent);
}

function removal(bubble: HTMLElement, word: string): HTMLElement {
  const button = element("button", "link");
  button.type = "button";
  button.textContent = word;
  button.onclick = () => bubble.remove();
  return button;
}

async function upload(file: File, around: Around): Promise<{ id: string } | { problem: Problem }> {
  try {
    const headers = { "content-type": "application/octet-stream" };
    const path = `files?name=${encodeURIComponent(file.name)}`;
    const answer = await around.fetch(path, { method: "POST", body: file, headers });
    const body = (await answer.json()) as { id: string; error: { code: string } };
    if (answer.ok) return { id: body.id };
    return { problem: body.error.code in WORDS.en ? (body.error.code as Problem) : "other" };
  } catch {
    return { problem: "other" };
  }
}

/** Shows the files of those messages whose place is still empty of them. */
export function show(items: readonly Item[], around: Around): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-files]:not([data-shown])")) {
    const message = items.find((item): item is Message => nameOf(item) === place.dataset["files"]);
    if (message === undefined) continue;
    place.dataset["shown"] = "";
    const buttons = (message.files ?? []).map((file) => button(message, file, around));
    atEnd(() => place.replaceChildren(...buttons));
  }
}

function nameOf(item: Item): string | null {
  return item.kind === "message" ? `${item.conversation}/${item.n}` : null;
}

/** Saves the file; shows its picture, if there is one. */
function button(message: Message, file: MessageFile, around: Around): HTMLElement {
  const path = `files/${message.conversation}/${message.n}/${file.index}`;
  const [button, name, note] = [element("button", "file"), element("span"), element("small")];
  button.type = "button";
  button.dataset["testid"] = "file";
  name.textContent = file.name;
  note.textContent = size(file.size_bytes, around.language());
  button.append(name, " ", note);
  button.onclick = async () => {
    const content = await fetched(path, around);
    if (content === null) note.textContent = WORDS[around.language()].gone;
    else save(content, file.name);
  };
  if (file.picture) void look(path, button, around);
  return button;
}

async function look(path: string, button: HTMLElement, around: Around): Promise<void> {
  const content = await fetched(`${path}/picture`, around);
  if (content === null) return;
  const picture = element("img");
  picture.alt = "";
  picture.dataset["testid"] = "picture";
  picture.onload = () => URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(content);
  atEnd(() => button.prepend(picture));
}

/** Whoever reads the end of the messages still does when they have become longer. */
function atEnd(lengthen: () => void): void {
  const log = document.querySelector(".log");
  const isRead = log !== null && log.scrollHeight - log.scrollTop - log.clientHeight < 2;
  lengthen();
  if (isRead) log.scrollTo({ top: log.scrollHeight });
}

function save(content: Blob, name: string): void {
  const link = element("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

async function fetched(path: string, around: Around): Promise<Blob | null> {
  try {
    const answer = await around.fetch(path);
    return answer.ok ? await answer.blob() : null;
  } catch {
    return null;
  }
}

function element<T extends keyof HTMLElementTagNameMap>(tag: T, of = ""): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  made.className = of;
  return made;
}

function size(bytes: number | undefined, language: string): string {
  if (bytes === undefined) return "";
  const [unit, per] = bytes < 1e3 ? ["byte", 1] : bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const options = { style: "unit", unit, maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language, options).format(bytes / per);
}
