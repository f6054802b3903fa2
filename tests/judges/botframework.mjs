// The Bot Framework's own library at our fake of its cloud: the tokens that it mints are good, others
// are not, and what a bot answers is taken.

import { equal, rejects } from "node:assert/strict";

import connector from "botframework-connector";

import { facts, phase } from "./facts.mjs";

const { base, app, password, activity, good, bad } = facts;
const { ChannelValidation, ConnectorClient, JwtTokenValidation, SimpleCredentialProvider } = connector;
ChannelValidation.OpenIdMetadataEndpoint = `${base}/openid`;

async function believes() {
  const ours = new SimpleCredentialProvider(app, password);
  const ask = (token) => JwtTokenValidation.authenticateRequest(activity, `Bearer ${token}`, ours, "");
  const who = await ask(good);
  equal(who.isAuthenticated, true);
  equal(who.getClaimValue("aud"), app);
  for (const [why, token] of Object.entries(bad)) {
    const refused = ({ statusCode, name }) => statusCode === 401 || /^(JsonWebToken|NotBefore)Error$/.test(name);
    await rejects(ask(token), refused, why);
  }
}

async function sends() {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: app,
    client_secret: password,
    scope: "https://api.botframework.com/.default",
  });
  const given = await fetch(`${base}/tenant/oauth2/v2.0/token`, { method: "POST", body: form });
  const { access_token: token, expires_in: seconds } = await given.json();
  equal(seconds > 0, true);
  const at = (bearer) => {
    const signRequest = async (request) => {
      request.headers.set("authorization", `Bearer ${bearer}`);
      return request;
    };
    return new ConnectorClient({ signRequest }, { baseUri: base, noRetryPolicy: true });
  };
  const answer = { type: "message", text: "hello" };
  const { id } = activity.conversation;
  const sent = await at(token).conversations.sendToConversation(id, answer);
  equal(typeof sent.id, "string");
  const replied = await at(token).conversations.replyToActivity(id, activity.id, answer);
  equal(typeof replied.id, "string");
  const refused = at("wrong").conversations.sendToConversation(id, answer);
  await rejects(refused, (error) => error.statusCode === 401);
}

await phase({ believes, sends });
