/** What happened to a conversation, in Russian. */

import type { factEn } from "./fact.en.ts";

export const factRu: typeof factEn = {
  offered: (names, until) =>
    until === null ? `Предложено: ${names}` : `Предложено: ${names}, до ${until}`,
  offeredVia: {
    queue: "",
    responsible: "ответственный за клиента",
    known: "знает клиента",
    transfer: "передано коллегой",
    hand: "вручную",
    return: "диалог был там раньше",
  },
  listed: (name) => `также в списке: ${name}, это ответственный за клиента`,
  nobody: "Сейчас некому предложить, диалог ждёт",
  accepted: (name) => `Диалог принят: ${name}`,
  declined: (name, reason) => `Отклонено: ${name}${bracketed(reason)}`,
  missed: (name) => `Нет ответа вовремя: ${name}`,
  left: (name) => `Нет на месте: ${name}, предложение идёт дальше`,
  taken: (name) => `Взято из списка: ${name}`,
  takenOver: (name, from) => `Перехвачено: ${name}, прежде ${from}`,
  pickedUp: (name) => `Открыто после закрытого диалога: ${name}`,
  roundExhausted: (round) => `В круге ${round} спросили всех, никто не принял`,
  transferred: (name, to, until, comment) =>
    `${name} передаёт диалог, принять может ${to} до ${until}${said(comment)}`,
  transferEnded: {
    declined: (to, reason) => `Передача отклонена: ${to}${bracketed(reason)}`,
    missed: (to) => `Передача не принята вовремя: ${to}`,
    left: (to) => `Передача не принята, нет на месте: ${to}`,
    withdrawn: (to) => `Передача отменена, кому: ${to}`,
  },
  moved: (name, line, comment) => `Передано в линию ${line}: ${name}${said(comment)}`,
  cameFrom: (name, line, comment) => `Пришло из линии ${line}, отправитель ${name}${said(comment)}`,
  routedAgain: {
    absent: (name) => `Нет на месте: ${name}, клиент ждёт, ищем другого`,
    disabled: (name) => `Оператор отключён: ${name}, ищем другого`,
    answer_limit: (name) => `Нет ответа клиенту вовремя: ${name}, ищем другого`,
    supervisor: (name) => `Возвращено в очередь, прежде ${name}`,
    sender_absent: (name) => `Отправителя нет на месте: ${name}, ищем другого`,
  },
  by: (name) => ` (${name})`,
  returned: (name) => `Снова на месте: ${name}, диалог остаётся там же`,
  answerLate: (name) => `Клиент слишком долго ждёт ответа: ${name}`,
  putOnHold: (name, until) => `Отложено до ${until}: ${name}`,
  holdEnded: (name) => `Больше не отложено: ${name}`,
  topicChosen: (name, topic) =>
    topic === null ? `Тема снята: ${name}` : `Тема «${topic}»: ${name}`,
  invited: (name, colleague) => `${name} зовёт на помощь: ${colleague}`,
  joined: (name) => `Участвует: ${name}`,
  leftAgain: (name) => `Больше не участвует: ${name}`,
  finished: (name) => `Завершено: ${name}`,
  finishedSilently: (name) => `Завершено без сообщения клиенту: ${name}`,
  silentTooLong: "Клиент молчит дольше, чем допускает линия",
  ratingRequested: "Клиента просят об оценке",
  rated: (rating) => `Оценка клиента: ${rating}`,
  reviewed: (name, stars, comment) => `Отзыв супервизора, ${name}: ${stars}${said(comment)}`,
  markedSpam: (name) => `Отмечено как спам: ${name}`,
  markedSpamAndBlocked: (name) => `Отмечено как спам, клиент заблокирован: ${name}`,
  reopened: (name) => `Клиент написал снова, диалог опять ведёт ${name}`,
  closed: "Диалог закрыт",
  closedWhy: {
    finished: "",
    silence: "клиент молчал",
    spam: "спам",
    moved: "продолжается в другой линии",
    unheard: "он никому не открывался",
  },
  textSuppressed: (text) => `Не отправлено, слишком часто за последнее время: ${text}`,
  texts: {
    welcome: "приветствие",
    consent: "согласие",
    off_hours: "нерабочее время",
    unanswered: "пока никто не ответил",
    closing: "прощание",
    auto_close: "прощание после молчания",
    rate_like: "просьба об оценке",
    rate_stars: "просьба об оценке",
  },
  ratings: {
    like: (value) => (value === 1 ? "👍 хорошо" : "👎 плохо"),
    stars: (value) => `${"★".repeat(value)}${"☆".repeat(5 - value)}`,
  },
  unreachable: (reason) => `С клиентом нет связи: ${reason}`,
  reachable: "С клиентом снова есть связь",
};

function bracketed(reason: string | null): string {
  return reason === null ? "" : ` (${reason})`;
}

function said(comment: string | null): string {
  return comment === null ? "" : `: «${comment}»`;
}
