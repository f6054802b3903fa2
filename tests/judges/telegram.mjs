// grammY as a bot at our fake of the Bot API: what it sends is taken, what it hears is understood.

import { deepEqual, equal, match, rejects } from "node:assert/strict";

import { Bot, GrammyError, InputFile } from "grammy";

import { facts, phase } from "./facts.mjs";

const { base, token, chat, file, updates } = facts;
const bot = new Bot(token, { client: { apiRoot: base } });
const isError = (code, about) => (error) => {
  equal(error instanceof GrammyError, true, String(error));
  equal(error.error_code, code);
  about?.(error);
  return true;
};

async function sends() {
  await bot.init();
  equal(bot.botInfo.is_bot, true);
  const buttons = { inline_keyboard: [[{ text: "Good", callback_data: "rate:5" }]] };
  const sent = await bot.api.sendMessage(chat, "hello", { reply_markup: buttons });
  equal(sent.text, "hello");
  equal(sent.chat.id, chat);
  equal(typeof sent.date, "number");
  equal(sent.reply_markup.inline_keyboard[0][0].text, "Good");
  await rejects(bot.api.sendMessage(chat, "x".repeat(4097)), isError(400));
  await rejects(bot.api.sendMessage(chat, " "), isError(400));
  const text = () => new InputFile(Buffer.from("list"), "list.txt");
  const document = await bot.api.sendDocument(chat, text(), { caption: "prices" });
  equal(typeof document.message_id, "number");
  const album = await bot.api.sendMediaGroup(chat, [
    { type: "document", media: text(), caption: "two" },
    { type: "document", media: text() },
  ]);
  equal(album.length, 2);
  equal(await bot.api.sendChatAction(chat, "typing"), true);
  const found = await bot.api.getFile(file);
  const got = await fetch(`${base}/file/bot${token}/${found.file_path}`);
  equal(await got.text(), "a photo");
  await rejects(bot.api.getFile("nothing"), isError(400));
  await rejects(new Bot("1:wrong", { client: { apiRoot: base } }).init(), isError(401));
  await bot.api.setWebhook("https://desk.example/hooks/bot", { secret_token: "secret" });
  await rejects(bot.api.getUpdates(), isError(409));
  equal(await bot.api.deleteWebhook(), true);
}

async function meetsFaults() {
  await rejects(
    bot.api.sendMessage(chat, "again"),
    isError(429, (error) => equal(error.parameters.retry_after, 3)),
  );
  await rejects(
    bot.api.sendMessage(chat, "nobody"),
    isError(403, (error) => match(error.description, /blocked/)),
  );
}

async function hears() {
  const heard = [];
  const hear = (kind, say) => (ctx) => void heard.push([kind, say(ctx)]);
  bot.on("edited_message:text", hear("edit", (ctx) => ctx.editedMessage.text));
  bot.on("message:photo", hear("photo", (ctx) => ctx.message.caption));
  bot.on("message:contact", hear("contact", (ctx) => ctx.message.contact.phone_number));
  bot.on("message:location", hear("location", (ctx) => ctx.message.location.latitude));
  bot.on("message:sticker", hear("sticker", (ctx) => ctx.message.sticker.emoji));
  bot.on("message:text", hear("text", (ctx) => [ctx.from.first_name, ctx.message.text]));
  bot.on("my_chat_member", hear("member", (ctx) => ctx.myChatMember.new_chat_member.status));
  bot.on("message_reaction", hear("reaction", (ctx) => ctx.reactions().emojiAdded));
  bot.on("callback_query:data", async (ctx) => {
    heard.push(["press", ctx.callbackQuery.data]);
    await ctx.answerCallbackQuery();
    await rejects(ctx.answerCallbackQuery(), isError(400));
    await ctx.editMessageReplyMarkup();
    await bot.stop();
  });
  await bot.start({ allowed_updates: ["message_reaction", "message"] });
  deepEqual(heard, updates);
}

await phase({ sends, meetsFaults, hears });
