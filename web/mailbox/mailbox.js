// Shows the embedded mailbox with the reader's own API key. Foreign text is only ever set as text, and a letter's
// markup stands in a frame without scripts, forms or an origin.

const keyName = "orderwell-mails-key";
const pageLimit = 50;
const byId = (id) => document.getElementById(id);
const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

let filter = {};
let cursor = null;
let latest = 0; // Answers that come back after a newer question are dropped.

function element(tag, { text, ...properties } = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

function say(text) {
  byId("status").textContent = text;
}

/** A key in the address is taken out of it at once, so that it is not copied along with it. */
function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given !== null) {
    sessionStorage.setItem(keyName, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(keyName);
}

function askForKey(why) {
  sessionStorage.removeItem(keyName);
  byId("ask").hidden = false;
  byId("box").hidden = true;
  byId("forget").hidden = true;
  byId("mails").replaceChildren();
  byId("mail").replaceChildren(element("p", { className: "empty", text: "No mail is chosen." }));
  byId("key").value = "";
  byId("key").focus();
  say(why);
}

/** Answers what the server said, or undefined when it was told to the reader that it said no. */
async function ask(path) {
  const key = sessionStorage.getItem(keyName) ?? "";
  try {
    const response = await globalThis.fetch(path, { headers: { authorization: `Bearer ${key}` } });
    if (response.ok) return await response.json();
    const problem = await response.json().catch(() => ({}));
    if (response.status === 401 || response.status === 403) askForKey(problem.detail ?? "The key was not accepted.");
    else say(problem.detail ?? `The server answered ${response.status}.`);
  } catch {
    say("The server cannot be reached.");
  }
  return undefined;
}

async function list({ fresh }) {
  const turn = ++latest;
  const query = new URLSearchParams({ limit: pageLimit, ...filter, ...(fresh || cursor === null ? {} : { cursor }) });
  say("Loading…");
  const page = await ask(`/api/v2/mails?${query}`);
  if (page === undefined || turn !== latest) return;
  const rows = page.data.map(row);
  if (fresh) byId("mails").replaceChildren(...rows);
  else byId("mails").append(...rows);
  if (!fresh) rows[0]?.querySelector("button").focus();
  cursor = page.next_cursor;
  byId("more").hidden = cursor === null;
  const shown = byId("mails").childElementCount;
  say(
    shown === 0
      ? "No mails."
      : `${shown} ${shown === 1 ? "mail" : "mails"}${cursor === null ? "" : ", and older ones"}.`,
  );
}

function row(mail) {
  const button = element("button", { type: "button", onclick: () => show(mail.id, button) }, [
    element("span", { className: "subject", text: mail.subject, dir: "auto" }),
    element("span", { className: "meta", text: mail.to, dir: "auto" }),
    element("span", { className: "meta", text: when.format(new Date(mail.sent_at)) }),
  ]);
  return element("li", {}, [button]);
}

async function show(id, button) {
  const mail = await ask(`/api/v2/mails/${id}`);
  if (mail === undefined) return;
  for (const other of byId("mails").querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  button.setAttribute("aria-current", "true");
  const facts = [
    ["From", mail.from],
    ["To", mail.to],
    ["Sent", when.format(new Date(mail.sent_at))],
    ...(mail.order_number === null ? [] : [["Order", mail.order_number]]),
  ];
  const frame = element("iframe", { title: mail.subject, srcdoc: mail.html });
  frame.setAttribute("sandbox", "");
  const plain = element("pre", { text: mail.text, hidden: true, tabIndex: 0 });
  byId("mail").replaceChildren(
    element("button", { id: "back", type: "button", text: "Back to the list", onclick: () => goBack(button) }),
    element("h2", { text: mail.subject, dir: "auto" }),
    element(
      "dl",
      {},
      facts.flatMap(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })]),
    ),
    forms(frame, plain),
    frame,
    plain,
  );
  byId("box").classList.add("reading");
  byId("mail").focus({ preventScroll: true });
  if (!matchMedia("(min-width: 761px)").matches) scrollTo(0, 0); // The letter stands where the list was.
}

/** The two forms in which a letter goes out. */
function forms(frame, plain) {
  const buttons = ["HTML", "Text"].map((name) =>
    element("button", { type: "button", text: name, onclick: () => choose(name) }),
  );
  function choose(name) {
    frame.hidden = name !== "HTML";
    plain.hidden = name !== "Text";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.textContent === name));
  }
  choose("HTML");
  return element("div", { className: "forms" }, buttons);
}

function goBack(button) {
  byId("box").classList.remove("reading");
  button.focus();
}

function open() {
  byId("ask").hidden = true;
  byId("box").hidden = false;
  byId("forget").hidden = false;
  void list({ fresh: true });
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(keyName, byId("key").value.trim());
  open();
});

byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("filter").value.trim();
  if (text === "") filter = {};
  else filter = text.includes("@") ? { recipient: text } : { order_id: text };
  void list({ fresh: true });
});

byId("more").addEventListener("click", () => void list({ fresh: false }));
byId("forget").addEventListener("click", () => askForKey("The key is forgotten."));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") byId("back")?.click();
});

if (takeKey() === null) askForKey("");
else open();
