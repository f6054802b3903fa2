/** The HTTP calls about customers, and about whom a conversation can be handed to. Holds no state. */

import type { ConversationId, CustomerId } from "../../client/index.ts";
import type { CardFields, CardProblem, ContactKind, Customer } from "../core/desk/card.ts";
import type { LeadProblem } from "../core/desk/dialog.ts";
import type { Targets } from "../core/desk/targets.ts";
import { get, post, put } from "./request.ts";

/** Null: it could not be read. */
export async function targets(conversation: ConversationId): Promise<Targets | null> {
  const response = await get(`transfer-targets?conversation=${encodeURIComponent(conversation)}`);
  return response?.ok ? ((await response.json()) as Targets) : null;
}

export async function customer(
  id: CustomerId,
): Promise<Customer | "not_allowed" | "unreachable"> {
  const response = await get(addressOf(id));
  if (response?.status === 403 || response?.status === 404) return "not_allowed";
  return response?.ok ? ((await response.json()) as Customer) : "unreachable";
}

// Null: it is done.

export async function saveCustomer(
  id: CustomerId,
  version: number,
  fields: CardFields,
): Promise<CardProblem | null> {
  return cardProblem(await put(addressOf(id), { version, ...fields }));
}

export async function decideContact(
  id: CustomerId,
  verdict: "confirm" | "reject",
  kind: ContactKind,
  value: string,
): Promise<CardProblem | null> {
  return cardProblem(await post(`${addressOf(id)}/contacts/${verdict}`, { kind, value }));
}

export async function setBlocked(
  id: CustomerId,
  verb: "block" | "unblock",
): Promise<CardProblem | null> {
  return cardProblem(await post(`${addressOf(id)}/${verb}`, {}));
}

/** Parts what was merged, each with what came through his own channels. */
export async function part(id: CustomerId, other: CustomerId): Promise<CardProblem | null> {
  return cardProblem(await post(`${addressOf(id)}/unmerge`, { customer: other }));
}

export async function makeLead(
  conversation: ConversationId,
  contact: { phone?: string; email?: string },
): Promise<LeadProblem | null> {
  const response = await post(`conversations/${encodeURIComponent(conversation)}/lead`, contact);
  if (response === null) return { why: "unreachable" };
  if (response.ok) return null;
  if (response.status === 409) {
    return { why: (await errorIn(response)).code === "no_leads" ? "no_leads" : "exists" };
  }
  if (response.status === 403 || response.status === 404) return { why: "not_allowed" };
  if (response.status !== 422) return { why: "unreachable" };
  return Object.keys(contact).length === 0 ? { why: "needs_contact" } : await invalid(response);
}

async function cardProblem(response: Response | null): Promise<CardProblem | null> {
  if (response === null) return { why: "unreachable" };
  if (response.ok) return null;
  if (response.status === 409) return { why: "stale" };
  if (response.status === 422) return await invalid(response);
  const isNotAllowed = response.status === 403 || response.status === 404;
  return { why: isNotAllowed ? "not_allowed" : "unreachable" };
}

type ErrorBody = { code?: string; fields?: { field: string; allowed: string }[] };

async function invalid(
  response: Response,
): Promise<{ why: "invalid"; field: string; allowed: string }> {
  const { field = "", allowed = "" } = (await errorIn(response)).fields?.[0] ?? {};
  return { why: "invalid", field, allowed };
}

async function errorIn(response: Response): Promise<ErrorBody> {
  const body = (await response.json().catch(() => ({}))) as { error?: ErrorBody };
  return body.error ?? {};
}

function addressOf(id: CustomerId): string {
  return `customers/${encodeURIComponent(id)}`;
}
