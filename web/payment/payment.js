// The sandbox's payment page: asks what is to be paid, and does what the shopper chooses. Foreign text is only set as text.

const sessionId = location.pathname.split("/").at(-1) ?? "";
const address = `/api/v1/payments/sessions/${encodeURIComponent(sessionId)}`;
const byId = (id) => document.getElementById(id);
const buttons = [...document.querySelectorAll("button")];

function say(text) {
  byId("status").textContent = text;
}

function show(part) {
  for (const id of ["choices", "step"]) byId(id).hidden = id !== part;
}

/** What was pressed is gone: whoever listens or uses the keyboard goes on at what the bank asks. */
function showStep() {
  show("step");
  byId("step-title").focus();
}

/** The amount with its currency. It may have more digits than a number holds, so it is written as text. */
function amountText({ amount, exponent, currency, locale }) {
  const digits = String(amount).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const decimals = exponent > 0 ? `.${digits.slice(-exponent)}` : "";
  const options = { style: "currency", currency, minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  return new Intl.NumberFormat(locale, options).format(`${whole}${decimals}`);
}

async function ask(init) {
  try {
    const response = await globalThis.fetch(address, init);
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    say(body.detail ?? `The server answered ${response.status}.`);
  } catch {
    say("The server cannot be reached. Nothing was paid by this click; try again.");
  }
  return undefined;
}

async function decide(action) {
  const pressed = document.activeElement;
  for (const button of buttons) button.disabled = true;
  say(action === "pay_slowly" ? "The bank takes its time …" : "One moment …");
  const decided = await ask({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ action }),
  });
  if (decided) return location.replace(decided.next_url);
  for (const button of buttons) button.disabled = false;
  pressed?.focus();
}

const actions = { pay: "pay", pass: "pay", slowly: "pay_slowly", decline: "decline", fail: "fail_challenge" };
for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", () => decide(action));
byId("challenge").addEventListener("click", showStep);

const session = await ask({});
if (session) {
  byId("amount").textContent = amountText(session);
  byId("what").textContent = session.description;
  document.title = `${session.description} · Sandbox payment`;
  byId("leave").href = session.cancel_url;
  byId("leave").hidden = false;
  const isOpen = session.status === "open";
  byId("note").hidden = !isOpen;
  if (isOpen) show("choices");
  else {
    byId("leave").textContent = "To your order";
    say(session.status === "decided" ? "This page was used already." : "The time of this page is over.");
  }
} else {
  byId("amount").textContent = "No payment is here";
}
