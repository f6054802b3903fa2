/** The HTTP calls of the console. Holds no state. */

import type {
  ChannelId,
  ConversationId,
  DeliveryState,
  EntryNumber,
  Me,
} from "../../client/index.ts";
import type { Transcript } from "../core/chat.ts";
import type { GateProblem } from "../core/state.ts";
import { get, post } from "./request.ts";

export type SetUp = { token: string; login: string; name: string; password: string };

/** Null: it worked. */
export async function signIn(login: string, password: string): Promise<GateProblem | null> {
  const response = await post("sign-in", { login, password });
  if (response?.status === 401) return { kind: "wrong_password" };
  return problemOf(response);
}

export async function setUp(form: SetUp): Promise<GateProblem | null> {
  const response = await post("setup", form);
  const gone = [401, 403, 404, 409, 410].includes(response?.status ?? 0);
  return gone ? { kind: "link_used" } : problemOf(response);
}

export async function signOut(): Promise<void> {
  await post("sign-out", {});
}

export async function me(): Promise<Me | "signed_out" | "unreachable"> {
  const response = await get("me");
  if (response?.status === 401) return "signed_out";
  if (!response?.ok) return "unreachable";
  return (await response.json()) as Me;
}

export async function transcript(
  conversation: string,
): Promise<Transcript | "not_allowed" | "unreachable"> {
  const response = await get(`conversations/${encodeURIComponent(conversation)}`);
  if (response?.status === 403 || response?.status === 404) return "not_allowed";
  if (!response?.ok) return "unreachable";
  return (await response.json()) as Transcript;
}

/** A message that was given up. */
export type Undelivered = {
  conversation: ConversationId;
  entry: EntryNumber;
  channel: ChannelId;
  text: string;
  files: number;
  delivery: DeliveryState;
  at: string;
};

export async function undelivered(): Promise<Undelivered[] | "unreachable"> {
  const response = await get("undelivered");
  if (!response?.ok) return "unreachable";
  return ((await response.json()) as { messages: Undelivered[] }).messages;
}

async function problemOf(response: Response | null): Promise<GateProblem | null> {
  if (response === null) return { kind: "unreachable" };
  if (response.ok) return null;
  if (response.status === 429) return { kind: "throttled", seconds: secondsOf(response) };
  if (response.status === 400 || response.status === 422) return await invalid(response);
  return { kind: "unexpected", status: response.status };
}

function secondsOf(response: Response): number | null {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isFinite(seconds) ? seconds : null;
}

/** The body of every error; `fields` says what is allowed where. */
type ErrorBody = {
  error?: { message?: string; fields?: { field: string; allowed: string }[] };
};

async function invalid(response: Response): Promise<GateProblem> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const problem = body.error?.fields?.[0];
  return { kind: "invalid", field: problem?.field ?? null, allowed: problem?.allowed ?? null };
}
