/** Why a conversation went where it went, in Russian. */

import type { whyEn } from "./why.en.ts";

export const whyRu: typeof whyEn = {
  button: "Почему я?",
  short: "почему?",
  buttonOther: "Почему туда?",
  title: "Почему это досталось мне?",
  titleOther: "Почему это ушло туда?",
  decided: (time, round) => `Решено в ${time}, круг ${round}`,
  nobody: "Подходящих не было; попытка повторится, как только кто-то освободится.",
  vias: {
    queue: null,
    responsible: "Ответственного за клиента спрашивают раньше очереди.",
    known: "Ответственного нет, поэтому раньше других спрашивают того, кого клиент знает.",
    transfer: null,
    hand: null,
    return: null,
  },
  listed: (name) =>
    `Ответственный, ${name}, не на месте: диалог есть и в его списке, достанется первому принявшему.`,
  modes: {
    evenly: "Линия делит поровну: следующий тот, кто получил меньше всех.",
    strictly: "Линия спрашивает строго по порядку списка.",
    all: "Линия спрашивает всех сразу; диалог получает первый принявший.",
  },
  chosen: "выбор",
  fewest: (received) =>
    received === 0
      ? "пока не получено ни одного, меньше всех"
      : `получено пока ${received}, меньше всех`,
  first: (place) => `первый по порядку, кого можно спросить (место ${place})`,
  everybody: "спрашивают всех подходящих",
  responsible: "ответственный за клиента",
  responsibleAway: "ответственный за клиента, но не на месте",
  responsibleDisabled: "ответственный за клиента, но больше не работает здесь",
  known: "клиент знает этого оператора",
  declined: (time) => `предложение отклонено в ${time}`,
  missed: (time) => `нет ответа до ${time}`,
  sent: (time) => `сам отправитель, передано в эту линию в ${time}`,
  unavailable: "нет на месте",
  atCapacity: (load, capacity) => `нет свободных мест: ${load}/${capacity}`,
  tooManyOffers: (n) => `открытых предложений уже ${n}, больше не бывает`,
  othersEligible: (n) => `Подходили, но стоят дальше по порядку: ${n}`,
  othersUnavailable: (n) => `Ещё нет на месте: ${n}`,
  othersAtCapacity: (n) => `Ещё без свободных мест: ${n}`,
};
