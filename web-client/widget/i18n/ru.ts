import type { Words } from "./en.ts";

const rules = new Intl.PluralRules("ru");

function plural(count: number, one: string, few: string, many: string): string {
  const rule = rules.select(count);
  return `${count} ${rule === "one" ? one : rule === "few" ? few : many}`;
}

export const ru: Words = {
  language: "ru",
  close: "Закрыть чат",
  log: "Сообщения",
  greeting: "Здравствуйте! Чем мы можем помочь?",
  write: "Напишите сообщение",
  send: "Отправить",
  attach: "Прикрепить файлы",
  you: "Вы",
  sending: "отправляется…",
  sent: "отправлено",
  again: "Отправить ещё раз",
  deleted: "удалено",
  failed: "не отправлено",
  tooLong: "слишком длинное",
  typing: (name) => `${name ?? "Вам"} ${name === null ? "пишут…" : "пишет…"}`,
  answers: "отвечает вам",
  online: "Мы на связи",
  away: "Мы ответим, как только кто-нибудь вернётся",
  closed: "Сейчас мы не работаем",
  opens: (when) => `Мы вернёмся: ${when}`,
  place: (position) => `Вы ${position}-й в очереди.`,
  next: "Вы следующий в очереди.",
  wait: (minutes) => `Ждать примерно ${plural(minutes, "минуту", "минуты", "минут")}.`,
  unstaffed: "Сейчас никого нет на месте; мы ответим здесь, как только кто-нибудь появится.",
  connecting: "Соединяемся…",
  offline: "Нет соединения. Сообщения отправятся, как только оно вернётся.",
  gone: "Чат здесь недоступен.",
  rate: "Ваша оценка",
  good: "Хорошо",
  bad: "Плохо",
  stars: (count) => plural(count, "звезда", "звезды", "звёзд"),
  thanks: "Спасибо за оценку.",
  notRated: "Не получилось. Попробуйте ещё раз.",
  contacts: "Представьтесь, пожалуйста, и мы начнём.",
  offlineForm: "Оставьте контакты и вопрос — мы ответим, когда вернёмся.",
  name: "Имя",
  phone: "Телефон",
  email: "Электронная почта",
  question: "Ваш вопрос",
  agree: "Я согласен",
  begin: "Продолжить",
  optional: "необязательно",
  wrong: {
    name: "Укажите, пожалуйста, имя.",
    phone: "Укажите, пожалуйста, телефон с кодом страны.",
    email: "Укажите, пожалуйста, адрес электронной почты.",
    other: "Не получилось. Попробуйте чуть позже.",
  },
};
