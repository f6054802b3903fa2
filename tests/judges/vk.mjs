// vk-io as a community at our fake of VK.

import { deepEqual, equal, rejects } from "node:assert/strict";

import { Agent } from "node:http";

import { APIError, VK } from "vk-io";

import { facts, phase } from "./facts.mjs";

const { base, token, group, customer, events, updates } = facts;
// It expects HTTPS unless it is told of another way.
const agent = new Agent();
const options = { agent, apiBaseUrl: `${base}/method`, pollingGroupId: group, apiRetryLimit: 0 };
const vk = new VK({ token, ...options });
const isError = (code) => (error) => {
  equal(error instanceof APIError, true, String(error));
  equal(error.code, code);
  return true;
};

async function sends() {
  const hello = { peer_id: customer, random_id: 77, message: "hello" };
  const sent = await vk.api.messages.send(hello);
  equal(typeof sent, "number");
  equal(await vk.api.messages.send(hello), sent, "the same random_id is the same message");
  await rejects(
    vk.api.messages.send({ ...hello, random_id: 78, message: "x".repeat(9001) }),
    isError(914),
  );
  await rejects(vk.api.messages.send({ ...hello, random_id: 79, message: "" }), isError(100));
  const [person] = await vk.api.users.get({ user_ids: [customer] });
  deepEqual([person.first_name, person.last_name], ["Olga", "Petrova"]);
  const stranger = new VK({ token: "vk1.a.wrong", ...options });
  await rejects(stranger.api.messages.send(hello), isError(5));
}

async function uploads() {
  const png = Buffer.from("89504e470d0a1a0a", "hex");
  const of = (value, filename) => ({ peer_id: customer, source: { value, filename } });
  const photo = await vk.upload.messagePhoto(of(png, "cup.png"));
  const list = await vk.upload.messageDocument(of(Buffer.from("list"), "list.txt"));
  const voice = await vk.upload.audioMessage(of(Buffer.from("OggS"), "voice.ogg"));
  const attachment = [photo, list, voice].map(String).join();
  const sent = await vk.api.messages.send({ peer_id: customer, random_id: 80, attachment });
  equal(typeof sent, "number");
  const unknown = { peer_id: customer, random_id: 81, attachment: "photo-1_1_no" };
  await rejects(vk.api.messages.send(unknown), isError(100));
}

async function hears() {
  const heard = [];
  const enough = new Promise((resolve) => {
    vk.updates.on(["message_new", "message_reply"], (context) => {
      heard.push([context.subTypes[0], context.senderId, context.text]);
      if (heard.length === updates.length) resolve();
    });
  });
  for (const event of events) await vk.updates.handleWebhookUpdate(event);
  await vk.updates.startPolling();
  await enough;
  await vk.updates.stop();
  deepEqual(heard, updates);
}

await phase({ sends, uploads, hears });
