/** What the console knows of the channels' settings, and how an event changes it. Pure, as `state.ts`. */

import type { LineId } from "../../client/index.ts";
import { NOT_ASKED, type Asked, type Failure, type Problem } from "./failure.ts";

/** A kind of platform, with what it must be told: enough to draw a form. */
export type ChannelKind = { kind: string; fields: readonly ChannelField[] };

export type ChannelField = {
  /** With a dot: a field of a group. */
  name: string;
  /** `origins`: a list of texts, a line each. */
  is: "secret" | "text" | "url" | "flag" | "origins" | "long_text" | "color" | "number" | "choice";
  needed: boolean;
  /** What it is when it is left out. */
  default: string | null;
  /** Of a choice. */
  choices?: readonly string[];
};

export type Channel = {
  id: string;
  version: number;
  name: string;
  line: LineId;
  enabled: boolean;
  hook_url: string;
  /** With secrets masked. */
  settings: { kind: string } & Readonly<Record<string, unknown>>;
  health: ChannelHealth;
  /** Of a widget: on which sites it was opened, and when last; the newest first. */
  seen?: readonly { site: string; at: string }[];
  /** The key of our own webhook, in the answer that made it. */
  new_key?: string;
  /** What is typed in at the platform, in the answer that made it. */
  to_type_in?: Readonly<Record<string, string>>;
};

/** The one list among the fields: it can be emptied. */
const ORIGINS = "origins";

export type ChannelHealth = {
  state: "disabled" | "unheard" | "connected" | "broken";
  arrived_at: string | null;
  sent_at: string | null;
  trouble: { at: string; reason: string } | null;
};

export type Tested = { ok: boolean; account: string | null; reason: string | null };

/** What somebody is about to store. Fields that were not touched are not among `fields`. */
export type ChannelForm = {
  /** Null: a new one. */
  channel: string | null;
  kind: string;
  name: string;
  line: LineId | null;
  enabled: boolean;
  fields: Readonly<Record<string, string | boolean>>;
  saving: Asked<never>;
};

export type Channels = {
  kinds: readonly ChannelKind[];
  /** Null: not read yet. */
  all: readonly Channel[] | null;
  failure: Failure | null;
  form: ChannelForm | null;
  /** Of the channel that was made last: shown until one goes elsewhere. */
  told: { channel: string; what: Readonly<Record<string, string>> } | null;
  tested: { channel: string; test: Asked<Tested> } | null;
};

export type ChannelsEvent =
  | { kind: "read"; channels: readonly Channel[]; kinds: readonly ChannelKind[] }
  | { kind: "not_read"; failure: Failure }
  | { kind: "formed"; form: ChannelForm | null }
  | { kind: "changed"; change: Partial<Pick<ChannelForm, "name" | "line" | "enabled">> }
  | { kind: "field"; name: string; value: string | boolean }
  | { kind: "saving" }
  | { kind: "saved"; channel: Channel }
  | { kind: "not_saved"; failure: Failure }
  | { kind: "testing"; channel: string }
  | { kind: "tested"; channel: string; tested: Tested }
  | { kind: "not_tested"; channel: string; failure: Failure };

export const NO_CHANNELS: Channels = {
  kinds: [],
  all: null,
  failure: null,
  form: null,
  told: null,
  tested: null,
};

export function withChannels(channels: Channels, event: ChannelsEvent): Channels {
  switch (event.kind) {
    case "read":
      return { ...channels, all: event.channels, kinds: event.kinds, failure: null };
    case "not_read":
      return { ...channels, failure: event.failure };
    case "formed": {
      const isThere = event.form !== null && channels.told?.channel === event.form.channel;
      return { ...channels, form: event.form, told: isThere ? channels.told : null };
    }
    case "changed":
      return withForm(channels, (form) => ({ ...form, ...event.change }));
    case "field":
      return withForm(channels, (form) => ({
        ...form,
        fields: { ...form.fields, [event.name]: event.value },
      }));
    case "saving":
      return withForm(channels, (form) => ({ ...form, saving: { ...NOT_ASKED, busy: true } }));
    case "saved":
      return saved(channels, event.channel);
    case "not_saved":
      return withForm(channels, (form) => ({
        ...form,
        saving: { ...NOT_ASKED, failure: event.failure },
      }));
    case "testing":
      return { ...channels, tested: { channel: event.channel, test: { ...NOT_ASKED, busy: true } } };
    case "tested": {
      const test = { ...NOT_ASKED, value: event.tested };
      return { ...channels, tested: { channel: event.channel, test } };
    }
    case "not_tested": {
      const test = { ...NOT_ASKED, failure: event.failure };
      return { ...channels, tested: { channel: event.channel, test } };
    }
    default:
      return event satisfies never;
  }
}

export function channelOf({ all }: Channels, id: string): Channel | null {
  return all?.find((channel) => channel.id === id) ?? null;
}

/** As it is stored, to be changed. */
export function formOfChannel(channel: Channel): ChannelForm {
  const { id, name, line, enabled, settings } = channel;
  return { channel: id, kind: settings.kind, name, line, enabled, fields: {}, saving: NOT_ASKED };
}

export function freshChannel(kind: string, name: string): ChannelForm {
  return { channel: null, kind, name, line: null, enabled: true, fields: {}, saving: NOT_ASKED };
}

export function kindOf({ kinds }: Channels, kind: string): ChannelKind | null {
  return kinds.find((known) => known.kind === kind) ?? null;
}

/** What stands in a field now: what was typed, else what is stored, else what it would be. */
export function valueOf(
  form: ChannelForm,
  channel: Channel | null,
  field: ChannelField,
): string | boolean {
  const typed = form.fields[field.name];
  if (typed !== undefined) return typed;
  const stored = storedIn(channel, field.name);
  if (field.is === "flag") return typeof stored === "boolean" ? stored : field.default === "true";
  if (field.is === "secret") return "";
  if (field.is === "origins") return Array.isArray(stored) ? stored.join("\n") : "";
  if (typeof stored === "string" || typeof stored === "number") return String(stored);
  return channel === null || stored === undefined ? (field.default ?? "") : "";
}

/** The group of a field, if it is in one. */
export function groupOf({ name }: ChannelField): string | null {
  return name.includes(".") ? (name.split(".")[0] ?? null) : null;
}

function storedIn(channel: Channel | null, name: string): unknown {
  const [first = "", second] = name.split(".");
  const stored = channel?.settings[first];
  return second === undefined ? stored : (stored as Record<string, unknown> | undefined)?.[second];
}

/**
 * The settings to send: what was typed. An empty field is as if nobody had touched it, but for a list,
 * and for a field of a group: groups are sent whole, and empty is none there.
 */
export function settingsToSend(
  form: ChannelForm,
  channel: Channel | null,
  kind: ChannelKind | null,
): Record<string, unknown> {
  const settings: Record<string, unknown> = { kind: form.kind };
  for (const [name, value] of Object.entries(form.fields)) {
    const [group = "", field] = name.split(".");
    if (name === ORIGINS) settings[name] = String(value).split(/\s+/).filter(Boolean);
    else if (field !== undefined) {
      const whole = settings[group] ?? channel?.settings[group] ?? {};
      const typed = sent(value, kindOfField(kind, name));
      settings[group] = typed === undefined ? whole : { ...whole, [field]: typed };
    } else if (value !== "") settings[name] = value;
  }
  return settings;
}

function kindOfField(kind: ChannelKind | null, name: string): ChannelField["is"] {
  return kind?.fields.find((field) => field.name === name)?.is ?? "text";
}

/** Undefined: what cannot be empty stays as it is. */
function sent(value: string | boolean, is: ChannelField["is"]) {
  if (typeof value === "boolean") return value;
  if (value.trim() === "") return is === "text" || is === "long_text" ? null : undefined;
  return is === "number" && /^\d+$/.test(value.trim()) ? Number(value) : value;
}

export function isWidget({ settings }: Channel): boolean {
  return settings.kind === "widget";
}

/** Nobody posts to us: the mailbox is asked. */
export function isMailbox({ settings }: Channel): boolean {
  return settings.kind === "email";
}

/** The tag that a site writes into its pages. */
export function snippetOf({ id, hook_url }: Channel): string {
  const { origin } = new URL(hook_url);
  return `<script src="${origin}/widget.js" data-channel="${id}" async></script>`;
}

export function problemsOf({ saving }: ChannelForm, field: string): readonly Problem[] {
  if (saving.failure?.why !== "invalid") return [];
  return saving.failure.problems.filter((problem) => problem.field === field);
}

function saved(channels: Channels, channel: Channel): Channels {
  const rest = (channels.all ?? []).filter(({ id }) => id !== channel.id);
  const { new_key, to_type_in } = channel;
  const what = { ...to_type_in, ...(new_key !== undefined && { new_key }) };
  const told = Object.keys(what).length > 0 ? { channel: channel.id, what } : null;
  return { ...channels, all: [...rest, channel], form: formOfChannel(channel), told, tested: null };
}

function withForm(channels: Channels, change: (form: ChannelForm) => ChannelForm): Channels {
  return channels.form === null ? channels : { ...channels, form: change(channels.form) };
}
