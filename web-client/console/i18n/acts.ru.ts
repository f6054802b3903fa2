/** What can be done with a conversation, and what is asked before, in Russian. */

import type { actsEn, dialogsEn } from "./acts.en.ts";
import { plural } from "./plural.ts";

const count = (n: number, one: string, few: string, many: string) =>
  plural("ru", n, { one, few, many, other: few });

export const actsRu: typeof actsEn = {
  more: "Ещё",
  moreHint: "Что ещё можно сделать с диалогом",
  takeOver: "Перехватить",
  takeOverFrom: (name) => `Перехватить, сейчас ведёт ${name}`,
  transfer: "Передать",
  move: "Передать в линию…",
  withdraw: "Отменить передачу",
  invite: "Позвать коллегу на помощь…",
  join: "Участвовать",
  leave: "Больше не участвовать",
  hold: "Отложить…",
  unhold: "Вернуть в работу",
  release: "Вернуть в очередь",
  finish: "Завершить",
  finishMore: "Завершить иначе",
  finishSilently: "Завершить без сообщения клиенту",
  spam: "Спам…",
  spamAndBlock: "Спам и заблокировать клиента…",
  pickUp: "Снова написать клиенту",
  review: "Оценить работу…",
  lead: "Создать лид",
  topic: "Тема",
  noTopic: "без темы",
  back: "Назад к открытому диалогу",
};

export const dialogsRu: typeof dialogsEn = {
  cancel: "Отмена",
  comment: "Комментарий для того, кто получит диалог (необязательно)",
  transfer: {
    title: "Передать диалог",
    operators: "Коллеге, его сначала спросят",
    lines: "В другую линию",
    noOperators: "Других операторов нет.",
    noLines: "Других линий нет.",
    loading: "Узнаём, кто на месте…",
    failed: "Не удалось узнать, кто на месте.",
    retry: "Ещё раз",
    load: (load, capacity) =>
      capacity === 0 ? `занято мест: ${load}` : `занято мест: ${load} из ${capacity}`,
    available: (n) => `доступно: ${count(n, "оператор", "оператора", "операторов")}`,
    opens: (time) => `закрыта, откроется ${time}`,
    closed: "закрыта",
    submit: "Передать",
    anyway: "Всё равно передать",
  },
  troubles: {
    absent: "нет на месте",
    full: "нет свободных мест",
    closed: "закрыта",
    inactive: "выключена",
    nobody: "никого нет",
  },
  confirmTransfer: {
    title: "Всё равно передать?",
    absent: (name) =>
      `Сейчас не на месте: ${name}. Если диалог не примут вовремя, он вернётся к вам.`,
    full: (name) => `Нет свободных мест: ${name}. Диалог придёт сверх лимита.`,
    closed: (name) => `Линия ${name} закрыта. Клиент будет ждать её открытия.`,
    inactive: (name) => `Линия ${name} выключена. Там никого не спросят.`,
    nobody: (name) => `В линии ${name} никого нет. Клиент будет ждать, пока кто-то появится.`,
  },
  invite: {
    title: "Позвать коллегу на помощь",
    lead: "Помощник видит диалог и может писать клиенту. Диалог остаётся у вас.",
    nobody: "Других операторов нет.",
    submit: "Позвать",
  },
  hold: {
    title: "Отложить диалог",
    lead: "Он вернётся в это время или когда клиент напишет. До тех пор он не занимает места.",
    quarter: "На 15 минут",
    hour: "На час",
    tomorrow: "До завтра, 9:00",
    until: "Или до",
    submit: "Отложить",
    badTime: "Выберите время в будущем, не дальше трёх месяцев.",
  },
  topic: {
    title: "О чём был диалог?",
    lead: "В этой линии диалог завершают только с темой.",
    submit: "Завершить",
    submitSilently: "Завершить без сообщения",
  },
  finish: {
    title: "Завершить этот диалог?",
    nobodys: "Его ещё никто не ведёт.",
    others: (name) => `Его ведёт ${name}.`,
    submit: "Да, завершить",
  },
  spam: {
    title: (n) =>
      n === 1 ? "Это спам?" : `Всё это спам? ${count(n, "диалог", "диалога", "диалогов")}`,
    lead: "Диалог закроется сразу, без сообщения клиенту.",
    block: "Заблокировать и клиента",
    blockHint:
      "Сообщения заблокированного клиента хранятся, но никого не зовут. Разблокировать можно одним нажатием.",
    submit: "Спам",
    submitBlock: "Спам и заблокировать",
  },
  review: {
    title: "Как провели диалог?",
    stars: (n) => count(n, "звезда", "звезды", "звёзд"),
    comment: "Комментарий (необязательно), операторы его видят",
    submit: "Сохранить",
  },
  lead: {
    title: "Создать лид",
    needsContact: "Иначе с клиентом потом не связаться: укажите телефон или e-mail.",
    phone: "Телефон",
    email: "E-mail",
    submit: "Создать",
    invalid: (field, allowed) => `Проверьте поле «${field}»: ${allowed}.`,
    exists: "Лид уже есть.",
    notAllowed: "У вас нет на это прав.",
    unreachable: "Сервер не ответил. Попробуйте снова.",
  },
};
