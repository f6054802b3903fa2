/** The customer's card, in Russian. */

import type { cardEn } from "./card.en.ts";

export const cardRu: typeof cardEn = {
  title: "Клиент",
  loading: "Загружаем карточку…",
  notAllowed: "Эта карточка вам не видна.",
  unreachable: "Не удалось загрузить карточку.",
  retry: "Ещё раз",
  show: "Показать карточку клиента",
  hide: "Скрыть карточку клиента",
  edit: "Изменить",
  save: "Сохранить",
  cancel: "Отмена",
  name: "Имя",
  surname: "Фамилия",
  noName: "Без имени",
  note: "Заметка для коллег",
  responsible: "Ответственный",
  nobody: "никто",
  byLead: (name) => `${name}, по лиду`,
  claims: (name, responsible) =>
    responsible === null
      ? `Называет себя: ${name}`
      : `Называет себя: ${name}, ответственный ${responsible}`,
  merged: "Объединён с карточками",
  part: "Разделить",
  partHint: "Это всё-таки два разных человека",
  phones: "Телефоны",
  emails: "E-mail",
  noContacts: "Пока нет ни телефона, ни e-mail.",
  claimed: "не проверен",
  claimedHint: "Клиент написал это сам, никто не проверял.",
  confirmHint: (value) => `${value} принадлежит этому клиенту`,
  rejectHint: (value) => `${value} не принадлежит этому клиенту`,
  verified: "подтверждён",
  rejected: "отклонён",
  confirm: "Подтвердить",
  reject: "Отклонить",
  identities: "Откуда пишет",
  lead: "Лид",
  leads: { open: "открыт", junk: "спам", closed: "закрыт" },
  noLead: "Лида пока нет.",
  createLead: "Создать лид",
  blocked: (name, time) => `Заблокирован, ${name}, ${time}`,
  block: "Заблокировать",
  unblock: "Разблокировать",
  blockHint: "Сообщения заблокированного клиента хранятся, но никого не зовут.",
  elsewhere: (channel, name) =>
    name === null
      ? `Пишет также сюда: ${channel}, ещё никто не ведёт`
      : `Пишет также сюда: ${channel}, ведёт ${name}`,
  history: "Все диалоги",
  thisOne: "открыт сейчас",
  problems: {
    stale: "Карточку тем временем изменили. Ваш текст сохранён: проверьте его и сохраните снова.",
    invalid: (field, allowed) => `Проверьте поле «${field}»: ${allowed}.`,
    noLeads: "В этой линии лиды не создают.",
    notAllowed: "У вас нет на это прав.",
    unreachable: "Сервер не ответил. Попробуйте снова.",
  },
  fields: {
    name: "Имя",
    surname: "Фамилия",
    note: "Заметка",
    responsible: "Ответственный",
    phone: "Телефон",
    email: "E-mail",
  },
};
