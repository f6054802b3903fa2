// The page of pretend customers: shows what the platform remembers, sends what a customer does.
// Everything anybody wrote goes into the page as text.

const LOOK_EVERY_MS = 1000;

const SIDES = {
  telegram: {
    title: "Telegram",
    how: "a bot of the line Sales: updates and Bot API",
    acts: { contact: "Contact", location: "Location", sticker: "Sticker" },
    canBlock: true,
  },
  form: {
    title: "Web form",
    how: "a signed webhook of the line Support, both ways",
    acts: { file: "File", delete: "Delete last" },
    canBlock: false,
  },
};

// Under its other name this machine is another origin, as a site is.
document.getElementById("site").hostname = "localhost";

let seen = 0;

const phones = Object.entries(SIDES).map(([side, words]) => makePhone(side, words));
look();

async function look() {
  try {
    await refresh();
    phones.forEach((phone) => phone.offline(false));
  } catch {
    phones.forEach((phone) => phone.offline(true));
  }
  setTimeout(look, LOOK_EVERY_MS);
}

async function refresh() {
  const answer = await fetch(`/pretend/api/chats?seen=${seen}`);
  if (answer.status !== 200) return;
  const chats = await answer.json();
  // An older answer may come later.
  if (chats.revision < seen) return;
  seen = chats.revision;
  phones.forEach((phone) => phone.show(chats[phone.side]));
}

function makePhone(side, words) {
  const root = document.getElementById("phone").content.firstElementChild.cloneNode(true);
  const find = (selector) => root.querySelector(selector);
  const text = find(".write input");
  const newPerson = find(".new-person");
  const read = new Map();
  let customers = [];
  let chosen = null;
  let sending = Promise.resolve();

  root.dataset.side = side;
  root.dataset.testid = `phone-${side}`;
  find(".title").textContent = words.title;
  find(".how").textContent = words.how;

  const person = () => customers.find((customer) => customer.id === chosen);
  const complain = (problem) => (find(".problem").textContent = problem ?? "");

  // One after the other, so that messages arrive in the order in which they were written.
  function act(what) {
    const customer = chosen;
    sending = sending.then(async () => {
      complain(await post(`/pretend/api/${side}/customers/${customer}/acts`, what));
      await refresh();
    });
    sending = sending.catch(() => complain("the demo does not answer"));
  }

  function choose(id) {
    chosen = id;
    complain();
    render();
    find(".messages").scrollTop = find(".messages").scrollHeight;
    text.focus();
  }

  function render() {
    const customer = person();
    if (!customer) return;
    read.set(customer.id, customer.messages.length);
    find(".people").replaceChildren(...customers.map(tab), adder());
    renderMessages(find(".messages"), customer, (message, data) =>
      act({ what: "press", message: message.id, data }),
    );
    find(".more").replaceChildren(...moreButtons(customer));
    text.disabled = customer.blocked;
    find(".write button").disabled = customer.blocked;
    text.placeholder = customer.blocked ? "The bot is stopped" : `Write as ${customer.name}`;
  }

  function tab(customer) {
    const tab = button(customer.name, () => choose(customer.id));
    tab.role = "tab";
    tab.title = customer.name;
    tab.dataset.testid = "customer";
    tab.ariaSelected = String(customer.id === chosen);
    const unread = customer.messages.length > (read.get(customer.id) ?? 0);
    tab.classList.toggle("unread", unread);
    return tab;
  }

  function adder() {
    const adder = button("+", () => {
      newPerson.hidden = !newPerson.hidden;
      if (!newPerson.hidden) newPerson.elements.name.focus();
    });
    adder.title = "New customer";
    adder.ariaLabel = "New customer";
    adder.dataset.testid = "customer-new";
    return adder;
  }

  function moreButtons(customer) {
    const own = customer.messages.some((message) => message.author.kind === "customer");
    const buttons = Object.entries(words.acts).map(([what, label]) =>
      named(button(label, () => act({ what })), what, customer.blocked),
    );
    const edit = button("Edit last", () => {
      const changed = text.value.trim();
      if (!changed) return complain("write the new text into the field first, then press Edit last");
      text.value = "";
      act({ what: "edit", text: changed });
    });
    edit.title = "Replaces your last message by the text in the field";
    buttons.push(named(edit, "edit", customer.blocked || !own));
    if (words.canBlock) {
      const what = customer.blocked ? "unblock" : "block";
      const label = customer.blocked ? "Start bot" : "Stop bot";
      buttons.push(named(button(label, () => act({ what })), what, false));
    }
    return buttons;
  }

  find(".write").addEventListener("submit", (event) => {
    event.preventDefault();
    const written = text.value;
    if (!written.trim()) return;
    text.value = "";
    act({ what: "write", text: written });
  });

  newPerson.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = newPerson.elements.name.value;
    const answer = await send(`/pretend/api/${side}/customers`, { name });
    const { id, problem } = await answer.json();
    if (problem) return complain(problem);
    newPerson.reset();
    newPerson.hidden = true;
    await refresh();
    choose(id);
  });

  document.getElementById("phones").append(root);

  return {
    side,
    show(shown) {
      customers = shown;
      chosen ??= shown[0]?.id ?? null;
      render();
    },
    offline(is) {
      if (is) complain("the demo does not answer");
      else if (find(".problem").textContent === "the demo does not answer") complain();
    },
  };
}

function renderMessages(list, customer, press) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  if (customer.messages.length === 0) {
    list.replaceChildren(element("li", "empty", `${customer.name} has not written yet.`));
    return;
  }
  const bubbles = customer.messages.map((message) => {
    const made = bubble(message);
    if (message.buttons.length > 0) made.append(pressable(message, customer.blocked, press));
    return made;
  });
  list.replaceChildren(...bubbles);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function bubble(message) {
  const own = message.author.kind === "customer";
  const item = element("li", own ? "message own" : "message");
  item.dataset.testid = own ? "message-own" : "message-received";
  if (!own && message.author.name) item.append(who(message.author));
  const words = element("span", "text", message.text);
  words.dataset.testid = "message-text";
  item.append(words);
  const time = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const fate = message.deleted ? "deleted, " : message.edited ? "edited, " : "";
  item.append(element("span", "when", `${fate}${time}`));
  if (message.problem) item.append(element("span", "not-taken", `not taken: ${message.problem}`));
  return item;
}

function who(author) {
  const shown = element("span", "who");
  if (author.picture) {
    const picture = element("img", "picture");
    picture.src = author.picture;
    picture.alt = "";
    picture.referrerPolicy = "no-referrer";
    shown.append(picture);
  }
  shown.append(author.name);
  return shown;
}

/** The buttons under a message. One that was pressed waits until the bot says that it knows. */
function pressable(message, disabled, press) {
  const row = element("span", "buttons");
  row.append(
    ...message.buttons.map(({ text, data }) => {
      const made = button(text, () => press(message, data));
      const isPressed = message.pressed?.data === data;
      made.dataset.testid = "message-button";
      made.ariaPressed = String(isPressed);
      made.classList.toggle("waits", isPressed && message.pressed.waits_as !== null);
      made.disabled = disabled;
      return made;
    }),
  );
  return row;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(label, pressed) {
  const made = element("button", "", label);
  made.type = "button";
  made.addEventListener("click", pressed);
  return made;
}

function named(made, what, disabled) {
  made.dataset.testid = `act-${what}`;
  made.disabled = disabled;
  return made;
}

/** The problem, if there is one. */
async function post(path, body) {
  const answer = await send(path, body);
  return answer.ok ? undefined : (await answer.json()).problem;
}

function send(path, body) {
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
