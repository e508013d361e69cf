// Shows a shopper one order, by the cookies of the browser or by the key of a mail's link. Foreign text is only set as text.

const id = location.pathname.split("/").at(-1) ?? "";
const address = `/api/store/orders/${encodeURIComponent(id)}`;
const keyName = `orderwell-order-${id}`;
const byId = (name) => document.getElementById(name);
const pollMs = 2000;
const mostPolls = 60; // Two minutes: a bank that takes longer writes a mail.

const told = {
  pending: ["Not paid yet", "Your order waits to be paid."],
  payment_processing: ["Waiting for your payment", "As soon as the payment arrives this page says so."],
  paid: ["Thank you", "Your order has been received and will be processed shortly."],
  shipped: ["On its way", "Your order is on its way, or ready to be collected."],
  delivered: ["Handed over", "Everything was handed over. Enjoy it!"],
  cancelled: ["Cancelled", "This order is cancelled. What was paid goes back the way it came."],
};
const steps = [
  ["paid", "Received"],
  ["shipped", "On its way"],
  ["delivered", "Handed over"],
];

/** A key in the address is taken out of it at once, so that it is not copied along with it. */
function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given !== null) {
    sessionStorage.setItem(keyName, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(keyName);
}
const key = takeKey();

function element(tag, { text, ...properties } = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

function say(heading, message) {
  byId("heading").textContent = heading;
  byId("message").textContent = message;
}

/** Whole minor units as the reader's language writes them; the currency says how many decimals it has. */
function amountText(minor, { currency, locale }) {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
  const text = String(minor).padStart(digits + 1, "0");
  return format.format(digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`);
}

async function ask(method, path, body) {
  const headers = {};
  if (key !== null) headers["order-link"] = key;
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await globalThis.fetch(path, { method, headers, ...sent });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    if (response.status === 404) {
      say("No order is here", "Open the link of the mail, or sign in, to see your order.");
      byId("enter").hidden = false;
    } else say("That did not work", answer.detail ?? `The server answered ${response.status}.`);
  } catch {
    say("The shop cannot be reached", "Nothing is lost. Try again in a moment.");
  }
  return undefined;
}

function dateText(time, locale) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date(time));
}

/** The country's name; its code where nobody knows one. */
function countryText(code, locale) {
  return new Intl.DisplayNames(locale, { type: "region", fallback: "code" }).of(code) ?? code;
}

function lineOf(line, details) {
  const figure = element("div", { className: "figure", text: amountText(line.line_total, details) });
  const { locale: lang } = details;
  const each = `${line.quantity} × ${amountText(line.unit_amount, details)}`;
  const said = line.checkout_description;
  const words = element("div", {}, [
    element("div", { className: "foreign", text: line.name, lang }),
    ...(said === "" ? [] : [element("div", { className: "foreign quiet", text: said, lang })]),
    element("div", { className: "quiet", text: each }),
  ]);
  if (line.image === null) return element("li", { className: "plain" }, [words, figure]);
  const picture = element("img", {
    src: `/api/store/images/${line.image.image_id}/160.webp`,
    alt: "",
    loading: "lazy",
  });
  picture.addEventListener("error", () => picture.remove());
  return element("li", {}, [picture, words, figure]);
}

function sumsOf({ details, refunded_amount: refunded }) {
  const rows = [];
  if (details.tax_amount > 0 || details.shipping_amount > 0) rows.push(["Items", details.items_amount]);
  if (details.tax_amount > 0) rows.push(["Tax", details.tax_amount]);
  if (details.shipping_amount > 0) rows.push(["Shipping", details.shipping_amount]);
  rows.push(["Total", details.total_amount, "total"]);
  if (details.tax_included_amount > 0) rows.push(["Including tax of", details.tax_included_amount, "quiet"]);
  if (refunded > 0) rows.push(["Given back", refunded]);
  return rows.flatMap(([label, minor, className = ""]) => [
    element("dt", { text: label, className }),
    element("dd", { text: amountText(minor, details), className: `figure ${className}` }),
  ]);
}

function addressOf({ billing, locale }) {
  const { name, company, line1, line2, city, region, postal_code: code, country, email } = billing;
  const place = [code, city, region].filter(Boolean).join(" ");
  return [name, company, line1, line2, place, countryText(country, locale), email].filter(Boolean).join("\n");
}

function stepsOf(status) {
  const reached = steps.findIndex(([name]) => name === status);
  return steps.map(([, label], index) => {
    const item = element("li", { text: label });
    if (index <= reached) item.dataset.done = "";
    if (index === reached) item.setAttribute("aria-current", "step");
    return item;
  });
}

function show(order) {
  const { details } = order;
  const [heading, message] = told[order.status];
  const declined = order.status === "pending" && order.payment?.failure;
  say(heading, declined ? "The payment did not go through. You can try again." : message);
  byId("number").textContent = `${order.number} · ${dateText(order.created_at, details.locale)}`;
  byId("pay").textContent = order.status === "pending" ? "Pay now" : "Go to the payment page";
  document.title = order.number;
  byId("steps").hidden = !steps.some(([name]) => name === order.status);
  byId("steps").replaceChildren(...stepsOf(order.status));
  byId("actions").hidden = !order.payable;
  byId("bought").hidden = false;
  byId("lines").replaceChildren(...details.lines.map((line) => lineOf(line, details)));
  byId("sums").replaceChildren(...sumsOf(order));
  byId("billed").hidden = false;
  byId("address").textContent = addressOf(details);
}

async function pay() {
  byId("pay").disabled = true;
  const order = await ask("POST", `${address}/pay`, {});
  byId("pay").disabled = false;
  if (order?.payment?.url) location.assign(order.payment.url);
  else if (order) show(order);
}
byId("pay").addEventListener("click", pay);

async function follow(polls) {
  const order = await ask("POST", `${address}/return`);
  if (!order) return;
  show(order);
  if (order.status === "payment_processing" && polls > 0) setTimeout(follow, pollMs, polls - 1);
}

const first = await ask("GET", address);
if (first) {
  show(first);
  if (first.status === "payment_processing") await follow(mostPolls);
}
