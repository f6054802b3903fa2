// The client of MAX itself at our fake of it.

import { deepEqual, equal, rejects } from "node:assert/strict";

import { Bot } from "@maxhub/max-bot-api";

import { facts, phase } from "./facts.mjs";

const { base, token, chat, updates } = facts;
const bot = new Bot(token, { clientOptions: { baseUrl: base } });

async function sends() {
  const me = await bot.api.getMyInfo();
  equal(me.is_bot, true);
  const sent = await bot.api.sendMessageToChat(chat, "hello");
  equal(typeof sent.body.mid, "string");
  const stranger = new Bot("wrong", { clientOptions: { baseUrl: base } });
  await rejects(stranger.api.getMyInfo(), (error) => error.status === 401);
}

async function uploads() {
  const png = Buffer.from("89504e470d0a1a0a", "hex");
  const photo = await bot.api.uploadImage({ source: png });
  const list = await bot.api.uploadFile({ source: Buffer.from("list"), filename: "list.txt" });
  for (const file of [photo, list]) {
    const sent = await bot.api.sendMessageToChat(chat, "", { attachments: [file.toJson()] });
    equal(typeof sent.body.mid, "string");
  }
}

async function hears() {
  const heard = [];
  const enough = new Promise((resolve) => {
    bot.on("message_created", (ctx) => {
      heard.push([ctx.message.sender.user_id, ctx.message.body.text]);
      if (heard.length >= updates.length) resolve();
    });
  });
  void bot.start();
  await enough;
  deepEqual(heard.slice(0, updates.length), updates);
}

await phase({ sends, uploads, hears });
