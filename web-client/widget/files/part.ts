/** Sending files, and showing them. A script of its own: loaded by whoever has to do with a file. */

import type { Item, Message, MessageFile } from "../core/protocol.ts";

/** Of one message. */
const FILES_MAX = 10;

const WORDS = {
  en: {
    sending: "sending…",
    cancel: "Cancel",
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
    cancel: "Отменить",
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
  /** Proves who the visitor is. */
  bearer(): string;
  /** Sends a message with these, which were uploaded. */
  send(files: string[]): void;
};

/** Uploads files, then sends the message that they go with. */
export async function send(chosen: readonly File[], around: Around): Promise<void> {
  const files = chosen.slice(0, FILES_MAX);
  if (files.length === 0) return;
  const words = WORDS[around.language()];
  const [bubble, name, foot] = [element("article", "bubble own"), element("p"), element("p")];
  const progress = element("progress");
  name.textContent = files.map(({ name }) => name).join(", ");
  progress.setAttribute("aria-label", words.sending);
  progress.dataset["testid"] = "progress";
  progress.value = 0;
  foot.textContent = words.sending;
  foot.className = "bubble-foot";
  bubble.dataset["testid"] = "upload";
  const cancelled = new AbortController();
  const cancel = button(words.cancel, () => {
    cancelled.abort();
    bubble.remove();
  });
  bubble.append(name, progress, foot, cancel);
  document.querySelector(".log")?.append(bubble);
  bubble.scrollIntoView();
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const sent: string[] = [];
  let before = 0;
  for (const file of files) {
    const uploaded = await upload(file, around, cancelled.signal, (taken) => {
      progress.value = bytes === 0 ? 0 : Math.min(1, (before + taken) / bytes);
    });
    if (cancelled.signal.aborted) return;
    if ("problem" in uploaded) {
      const problem = words[uploaded.problem];
      foot.textContent = files.length > 1 ? `${file.name}: ${problem}` : problem;
      const removal = button(words.remove, () => bubble.remove());
      return atEnd(() => bubble.replaceChildren(name, foot, removal));
    }
    before += file.size;
    sent.push(uploaded.id);
  }
  bubble.remove();
  around.send(sent);
}

function button(word: string, press: () => void): HTMLElement {
  const button = element("button", "link");
  button.type = "button";
  button.textContent = word;
  button.onclick = press;
  return button;
}

type Uploaded = { id: string } | { problem: Problem };

/** By the one way on which browsers say how far an upload is. */
function upload(
  file: File,
  around: Around,
  signal: AbortSignal,
  tell: (bytes: number) => void,
): Promise<Uploaded> {
  const request = new XMLHttpRequest();
  request.open("POST", address(`files?name=${encodeURIComponent(file.name)}`));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.setRequestHeader("authorization", `Bearer ${around.bearer()}`);
  request.upload.onprogress = ({ loaded }) => tell(loaded);
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve) => {
    request.onloadend = () => resolve(uploaded(request));
    request.send(file);
  });
}

function uploaded({ status, responseText }: XMLHttpRequest): Uploaded {
  try {
    const body = JSON.parse(responseText) as { id: string; error: { code: string } };
    if (status < 300) return { id: body.id };
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
    const buttons = (message.files ?? []).map((file) => shown(message, file, around));
    atEnd(() => place.replaceChildren(...buttons));
  }
}

function nameOf(item: Item): string | null {
  return item.kind === "message" ? `${item.conversation}/${item.n}` : null;
}

/** Saves the file; shows its picture, if there is one. */
function shown(message: Message, file: MessageFile, around: Around): HTMLElement {
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

/** Behind the address of the chat itself. */
function address(path: string): string {
  return `/widget/${location.pathname.split("/")[2]}/${path}`;
}

async function fetched(path: string, around: Around): Promise<Blob | null> {
  try {
    const headers = { authorization: `Bearer ${around.bearer()}` };
    const answer = await fetch(address(path), { headers });
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
