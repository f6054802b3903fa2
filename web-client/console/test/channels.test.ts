import { expect, test } from "vitest";
import {
  channelOf,
  formOfChannel,
  freshChannel,
  NO_CHANNELS,
  problemsOf,
  settingsToSend,
  snippetOf,
  valueOf,
  withChannels,
  type Channel,
  type ChannelForm,
  type ChannelKind,
  type ChannelsEvent,
} from "../core/channels.ts";
import { hashOf, placeOf, placeOfChannel } from "../core/place.ts";
import { kindName } from "../i18n/channels.ts";
import { languages } from "../i18n/words.ts";

const VK: ChannelKind = {
  kind: "vk",
  fields: [
    { name: "token", is: "secret", needed: true, default: null },
    { name: "api_base", is: "url", needed: false, default: "https://api.vk.com" },
    { name: "polling", is: "flag", needed: false, default: "false" },
  ],
};

function channel(change: Partial<Channel> = {}): Channel {
  return {
    id: "c1",
    version: 3,
    name: "Our community",
    line: "sales",
    enabled: true,
    hook_url: "https://hub.example/hooks/c1",
    settings: { kind: "vk", token: "••••1234", api_base: "https://api.vk.com", polling: true },
    health: { state: "connected", arrived_at: null, sent_at: null, trouble: null },
    ...change,
  };
}

function after(...events: ChannelsEvent[]) {
  return events.reduce(withChannels, NO_CHANNELS);
}

test("a field shows what was typed, else what is stored, else what it would be", () => {
  const [token, base, polling] = VK.fields;
  const form = formOfChannel(channel());
  expect(valueOf(form, channel(), polling!)).toBe(true);
  expect(valueOf(form, channel(), token!)).toBe("");
  expect(valueOf(freshChannel("vk", "VK"), null, base!)).toBe("https://api.vk.com");
  expect(valueOf({ ...form, fields: { polling: false } }, channel(), polling!)).toBe(false);
});

test("only what was typed is sent, and a secret that was not touched stays", () => {
  const { form } = after(
    { kind: "read", channels: [channel()], kinds: [VK] },
    { kind: "formed", form: formOfChannel(channel()) },
    { kind: "field", name: "token", value: "" },
    { kind: "field", name: "polling", value: false },
  );
  expect(settingsToSend(form!, channel(), VK)).toEqual({ kind: "vk", polling: false });
});

test("what was made is told until one goes elsewhere", () => {
  const made = channel({ to_type_in: { secret: "abc" } });
  const stored = after(
    { kind: "read", channels: [], kinds: [VK] },
    { kind: "formed", form: freshChannel("vk", "VK") },
    { kind: "saving" },
    { kind: "saved", channel: made },
  );
  expect(stored.told).toEqual({ channel: "c1", what: { secret: "abc" } });
  expect(channelOf(stored, "c1")).toBe(made);
  const there = withChannels(stored, { kind: "formed", form: formOfChannel(made) });
  expect(there.told).not.toBeNull();
  expect(withChannels(there, { kind: "formed", form: null }).told).toBeNull();
});

test("what is wrong stands at its field", () => {
  const { form } = after(
    { kind: "formed", form: freshChannel("vk", "VK") },
    {
      kind: "not_saved",
      failure: { why: "invalid", problems: [{ field: "settings.token", allowed: "as given" }] },
    },
  );
  expect(problemsOf(form!, "settings.token")).toHaveLength(1);
  expect(problemsOf(form!, "name")).toHaveLength(0);
});

test("the address says which channel is open", () => {
  for (const place of [placeOfChannel("c 1"), placeOf("#/channels")]) {
    expect(placeOf(hashOf(place))).toEqual(place);
  }
});

test("a kind that nobody has words for has its own name", () => {
  expect(kindName(languages.ru.channels, "vk")).toBe("Сообщество ВКонтакте");
  expect(kindName(languages.en.channels, "carrier_pigeon")).toBe("carrier_pigeon");
});

test("a list is typed a line each, and can be emptied", () => {
  const field = { name: "origins", is: "origins", needed: false, default: null } as const;
  const settings = { kind: "widget", origins: ["https://a.example", "https://b.example"] };
  const widget = channel({ settings });
  const form = formOfChannel(widget);
  expect(valueOf(form, widget, field)).toBe("https://a.example\nhttps://b.example");
  expect(settingsToSend(form, widget, null)).toEqual({ kind: "widget" });
  const typed = (origins: string) => settingsToSend({ ...form, fields: { origins } }, widget, null);
  expect(typed("https://a.example\n\n https://c.example ")).toEqual({
    kind: "widget",
    origins: ["https://a.example", "https://c.example"],
  });
  expect(typed("")).toEqual({ kind: "widget", origins: [] });
  expect(snippetOf(widget)).toBe(
    '<script src="https://hub.example/widget.js" data-channel="c1" async></script>',
  );
});

test("a group is sent whole, with what was typed over what is stored", () => {
  const kind: ChannelKind = {
    kind: "widget",
    fields: [
      { name: "look.title", is: "text", needed: false, default: null },
      { name: "look.color", is: "color", needed: false, default: "#1f6feb" },
      { name: "limits.conversations_per_hour", is: "number", needed: false, default: "60" },
    ],
  };
  const [title, color, limit] = kind.fields;
  const look = { title: "Ask us", color: "#112233", theme: "dark" };
  const settings = { kind: "widget", look, limits: { conversations_per_hour: 5 } };
  const widget = channel({ settings });
  const form = formOfChannel(widget);
  expect(valueOf(form, widget, title!)).toBe("Ask us");
  expect(valueOf(form, widget, limit!)).toBe("5");
  expect(valueOf(freshChannel("widget", "Site"), null, color!)).toBe("#1f6feb");
  const typed = (fields: ChannelForm["fields"]) =>
    settingsToSend({ ...form, fields }, widget, kind);
  expect(typed({ "look.color": "#445566", "look.title": " " })).toEqual({
    kind: "widget",
    look: { title: null, color: "#445566", theme: "dark" },
  });
  expect(typed({ "limits.conversations_per_hour": "7" })).toEqual({
    kind: "widget",
    limits: { conversations_per_hour: 7 },
  });
  expect(settingsToSend({ ...freshChannel("widget", "S"), fields: { "look.theme": "light" } }, null, kind))
    .toEqual({ kind: "widget", look: { theme: "light" } });
  const empty = channel({ settings: { ...settings, look: { ...look, title: null } } });
  expect(valueOf(formOfChannel(empty), empty, title!)).toBe("");
});
