/** What calls for attention, and what the lists say of a conversation, in Russian. */

import type { badgesEn, callsEn, choosingEn, unheardEn } from "./calls.en.ts";
import { plural } from "./plural.ts";

const count = (n: number, one: string, few: string, many: string) =>
  plural("ru", n, { one, few, many, other: few });

export const callsRu: typeof callsEn = {
  alarms: "Тревоги",
  nobodyAvailable: (line) => `В линии ${line} никого нет на месте.`,
  answerLate: (customer, name, line) =>
    `${customer} слишком долго ждёт ответа: ${name}, линия ${line}.`,
  answerLateMine: (customer) => `${customer} слишком долго ждёт вашего ответа.`,
  open: "Открыть",
  dismiss: "Понятно",
  setAway: "Вам поставлен статус «Отошёл»: два предложения подряд остались без ответа.",
  imBack: "Я на месте",
  memoryFillsUp: (percent: number) =>
    `Хранилище заняло ${percent} % своей памяти. С 90 % новые диалоги не принимаются.`,
  memoryFull: (percent: number) =>
    `Хранилище заняло ${percent} % своей памяти: новые диалоги не принимаются. Добавьте ему памяти.`,
  draftBy: (name) => `Черновик, ${name}`,
  draftUse: "Взять",
  draftDiscard: "Удалить",
  draftNote: "Сначала сохраните или сотрите заметку.",
  continues: "Продолжение прежнего диалога",
  goesOn: (line) => `Продолжается в линии ${line}`,
  openPart: "Открыть",
};

export const badgesRu: typeof badgesEn = {
  via: {
    responsible: "ваш клиент",
    known: "клиент вас знает",
    transfer: (name, comment) =>
      comment === null ? `передаёт ${name}` : `передаёт ${name}: «${comment}»`,
    return: "раньше был у вас",
  },
  late: "ждёт слишком долго",
  back: "снова в работе",
  hold: (time) => `отложен до ${time}`,
  helps: (names) => `участвуют: ${names}`,
  rating: (rating) => `клиент: ${rating}`,
  review: (stars) => `супервизор: ${stars}`,
  closingSilence: "завершён, клиент молчал",
  closed: {
    finished: "закрыт",
    silence: "закрыт, клиент молчал",
    spam: "спам",
    moved: "передан в другую линию",
    unheard: "только сохранён",
  },
};

export const choosingRu: typeof choosingEn = {
  begin: "Выбрать несколько",
  end: "Готово",
  choose: (customer) => `Выбрать: ${customer}`,
  chosen: (n) => `Выбрано: ${n}`,
  most: (n) => `не больше ${count(n, "диалога", "диалогов", "диалогов")} за раз`,
  spam: "Спам…",
  spamAndBlock: "Спам и заблокировать…",
};

export const unheardRu: typeof unheardEn = {
  blocked: "клиент заблокирован",
  automatic: "автоматическое сообщение",
  unasked_rating: "оценка, о которой уже не спрашивают",
};
