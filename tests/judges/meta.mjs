// Clients of Messenger and of WhatsApp at our fake of the Graph API, and as readers of its webhooks.

import { deepEqual, equal, rejects } from "node:assert/strict";

import messenger from "messaging-api-messenger";
import { WhatsAppAPI } from "whatsapp-api-js";
import { Text } from "whatsapp-api-js/messages";

import { facts, phase } from "./facts.mjs";

const { base, token, secret, verify, page, customer, number, phone, webhook, signature } = facts;

async function messengerSends() {
  const client = new messenger.MessengerClient({
    accessToken: token, appId: "1", appSecret: secret, origin: base, skipAppSecretProof: true,
  });
  const sent = await client.sendText(customer, "hello");
  equal(sent.recipientId, customer);
  equal(typeof sent.messageId, "string");
  const person = await client.getUserProfile(customer, { fields: ["first_name"] });
  equal(person.firstName, "Peter");
  await rejects(client.getUserProfile("0"));
}

async function whatsapp() {
  const redirected = (url, options) => {
    const { pathname, search } = new URL(url);
    return fetch(new URL(pathname + search, base), options);
  };
  const api = new WhatsAppAPI({
    token, appSecret: secret, webhookVerifyToken: verify, v: "v21.0",
    ponyfill: { fetch: redirected, subtle: crypto.subtle },
  });
  const sent = await api.sendMessage(number, phone, new Text("hello"));
  equal(typeof sent.messages[0].id, "string");
  const heard = [];
  api.on.message = (message) => {
    heard.push([message.from, message.name, message.message.text.body]);
  };
  await api.post(JSON.parse(webhook), webhook, signature);
  deepEqual(heard, [[phone, "Pablo", "good day"]]);
  await rejects(api.post(JSON.parse(webhook), `${webhook} `, signature));
}

await phase({ messengerSends, whatsapp });
