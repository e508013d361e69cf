import { between, chance, type Dice, oneOf } from "./choose.ts";
import { fuzzFile } from "./given-pauses.ts";
import type { Values } from "./making.ts";
import type { Pools } from "./pools.ts";

type Starter = (dice: Dice, pools: Pools) => Values;

/** Orders of whoever tries the sandbox by itself; ours are counted from elsewhere, see `firstOrderId`. */
const strangersFrom = 800_000_000_000;
const strangers = 40;

/** The ids of our orders begin here, so that no number that is tried for its own sake is one of them. */
export const firstOrderId = 610_000_000_019n;

/** Customers of the sandbox: one pays, one does not, one is told of twice, and the reply to one is lost. */
const localParts = ["ann", "ann", "ann", "ann", "card-declined", "insufficient-funds", "answers-twice", "loses-reply"];

/** How prices are written by currency, each exact in it. */
const prices: Readonly<Record<string, (dice: Dice) => number>> = {
  JPY: (dice) => between(dice, 0, 100_000),
  USD: (dice) => between(dice, 0, 1_000_000) / 100,
  EUR: (dice) => between(dice, 1, 999) / 10,
  KWD: (dice) => between(dice, 1, 9_999) / 1000,
};

function orderBody(dice: Dice): Values {
  const currency = oneOf(dice, Object.keys(prices));
  const price = prices[currency] ?? (() => 1);
  const items = Array.from({ length: between(dice, 1, 4) }, () => ({
    product_name: oneOf(dice, ["Tea", "ノートPC", 'O\'Hara "<b>"', "😀"]),
    quantity: between(dice, 1, 20),
    unit_price: price(dice),
  }));
  const email = `${oneOf(dice, localParts)}@shop-${between(dice, 1, 1_000_000_000)}.example.com`;
  return { customer_email: email, customer_name: oneOf(dice, ["Ann", "田中太郎"]), items, currency };
}

/** What a draft of v2 has beside its lines must agree with them: it is left out. */
const statedElsewhere = {
  ordered_at: undefined,
  discount_amount: undefined,
  tax_amount: undefined,
  shipping_amount: undefined,
  total_amount: undefined,
  payment_reference: undefined,
  paid_at: undefined,
};

/** A draft of v2; now and then with a reference that another one has. */
function draft(dice: Dice): Values {
  const { customer_email, customer_name, items, currency } = orderBody(dice) as Values & { items: object[] };
  const lines = items.map((item) => ({ ...item, unit_price: between(dice, 0, 100_000) }));
  const external_reference = `fuzz-${between(dice, 1, 500)}`;
  return { customer_email, customer_name, items: lines, currency, external_reference };
}

function knownBatch(dice: Dice, pools: Pools): Values {
  const batches = pools.answersOf("placeBatch").filter(({ batch_id }) => batch_id !== null);
  return batches.length > 0 ? { "{id}": String(oneOf(dice, batches).batch_id) } : {};
}

function strangersMoney(dice: Dice): Values {
  return { order_id: strangersFrom + between(dice, 1, strangers), amount: between(dice, 1, 500), currency: "JPY" };
}

const decimals: Readonly<Record<string, number>> = { JPY: 0, USD: 2, EUR: 2, KWD: 3 };

interface ShownOrder {
  readonly order_id: number;
  readonly currency: string;
  readonly payment_attempts: readonly { readonly state: string; readonly amount: number; readonly reference: string }[];
}

const statusOf: Readonly<Record<string, string>> = { paid: "succeeded", failed: "failed" };

/** News that is true, or of a payment that nobody knows: what the payment service says of its own books is believed. */
function paymentNews(dice: Dice, pools: Pools): Values {
  const orders = pools.answersOf("getOrder") as unknown as readonly ShownOrder[];
  const order = orders.length > 0 && chance(dice, 0.8) ? oneOf(dice, orders) : undefined;
  const attempt = order?.payment_attempts.findLast(({ state, reference }) => state in statusOf && reference !== null);
  if (!order || !attempt) return { payment_id: "pay_unknown", status: "succeeded", amount: 1, currency: "JPY" };
  const { order_id, currency } = order;
  const amount = attempt.amount / 10 ** (decimals[currency] ?? 0);
  const told = { payment_id: attempt.reference, status: statusOf[attempt.state], amount, currency };
  return { ...told, refund_id: undefined, "{order_id}": String(order_id) };
}

function sandboxRefund(dice: Dice, pools: Pools): Values {
  const payments = pools.answersOf("createSandboxPayment");
  if (payments.length === 0) return strangersMoney(dice);
  const { payment_id, order_id, currency } = oneOf(dice, payments);
  return { payment_id, order_id, currency, amount: 1 };
}

interface PlacedOrder {
  readonly id: number;
  readonly customer_email: string;
  readonly currency: string;
  readonly status: string;
}

/** An order that stood so when it was last heard of. */
function orderThatIs(statuses: readonly string[], dice: Dice, pools: Pools): PlacedOrder | undefined {
  const seen = [...pools.answersOf("placeOrderV1"), ...pools.answersOf("getOrderV1")] as unknown as PlacedOrder[];
  const fit = seen.filter(({ status }) => statuses.includes(status));
  return fit.length > 0 ? oneOf(dice, fit) : undefined;
}

const templates: Readonly<Record<string, string>> = {
  paid: "ORDER_CONFIRMATION",
  shipped: "ORDER_SHIPPED",
  cancelled: "ORDER_CANCELLED",
};

function letter(dice: Dice, pools: Pools): Values {
  const order = orderThatIs(Object.keys(templates), dice, pools);
  return order ? { template: templates[order.status], to: order.customer_email, order_id: order.id } : {};
}

function repayment(dice: Dice, pools: Pools): Values {
  const order = orderThatIs(["pending"], dice, pools);
  return order && chance(dice, 0.8) ? { "{id}": String(order.id) } : {};
}

/** Little at a time, so that there is something left for the next one. */
function refund(dice: Dice, pools: Pools): Values {
  const order = orderThatIs(["paid", "shipped", "delivered"], dice, pools);
  return order ? { "{id}": String(order.id), currency: order.currency, amount: between(dice, 1, 5) } : {};
}

function knownRefund(dice: Dice, pools: Pools): Values {
  const refunds = pools.answersOf("createRefund");
  if (refunds.length === 0) return {};
  const { order_id, refund: number, id } = oneOf(dice, refunds);
  return { "{id}": String(order_id), "{refund}": String(number ?? id) };
}

interface ListedTask {
  readonly id: number;
  readonly kind: string;
  readonly status: string;
}

/** Those about jobs go with their jobs; money that is owed is no longer anybody's when its task is closed. */
const kept = ["job_failed", "refund_failed"];

function openTask(dice: Dice, pools: Pools): Values {
  const lists = pools.answersOf("listTasks") as unknown as readonly { readonly data: readonly ListedTask[] }[];
  const known = lists.flatMap(({ data }) => data).filter(({ kind }) => !kept.includes(kind));
  const open = known.filter(({ status }) => status === "open");
  const likely = open.length > 0 && chance(dice, 0.8) ? open : known;
  return { "{id}": likely.length > 0 ? String(oneOf(dice, likely).id) : "1" };
}

interface ListedImport {
  readonly id: string;
  readonly status: string;
  readonly paused: boolean;
}

/** An import that stood so when it was last heard of, or any. */
function importThat(fits: (one: ListedImport) => boolean, dice: Dice, pools: Pools): Values {
  const lists = pools.answersOf("listImports") as unknown as readonly { readonly data: readonly ListedImport[] }[];
  const made = pools.answersOf("createImport") as unknown as readonly ListedImport[];
  const known = [...lists.flatMap(({ data }) => data), ...made];
  const fit = known.filter(fits);
  const likely = fit.length > 0 && chance(dice, 0.8) ? fit : known;
  return likely.length > 0 ? { "{id}": oneOf(dice, likely).id } : {};
}

function importOptions(dice: Dice): Values {
  return { source: `source ${between(dice, 1, 1_000_000)}`, locale: oneOf(dice, ["iso", "en-US"]), currency: "EUR" };
}

const isReady = ({ status }: ListedImport) => status === "received" || status === "ready";
const rests = ({ paused }: ListedImport) => paused;

/** By operation. A name in braces is a parameter of the path, one of brackets a body that is an array. */
export const orderStarters: Readonly<Record<string, Starter>> = {
  placeOrderV1: orderBody,
  createOrder: (dice) => ({ ...draft(dice), ...statedElsewhere, payment: oneOf(dice, ["charge", "none", "recorded"]) }),
  placeBatch: (dice) => ({ "[]": Array.from({ length: between(dice, 1, 5) }, () => draft(dice)) }),
  getBatch: knownBatch,
  changeOrderStatusV1: (dice) => ({ status: oneOf(dice, ["shipped", "shipped", "delivered", "cancelled", "paid"]) }),
  hearPaymentV1: paymentNews,
  createSandboxPayment: (dice) => ({ ...strangersMoney(dice), customer_email: undefined }),
  createSandboxRefund: sandboxRefund,
  sendEmail: letter,
  createPayment: repayment,
  createRefund: refund,
  getRefund: knownRefund,
  closeTask: openTask,
  createImport: (dice) => ({ blob_key: `incoming/${fuzzFile}`, name: undefined, options: importOptions(dice) }),
  reviseImport: (dice, pools) => ({ ...importThat(isReady, dice, pools), options: importOptions(dice) }),
  startImport: (dice, pools) => importThat(isReady, dice, pools),
  pauseImport: (dice, pools) => importThat(rests, dice, pools),
  resumeImport: (dice, pools) => importThat(rests, dice, pools),
  cancelImport: (dice, pools) => importThat(isReady, dice, pools),
  getSandboxPaymentOfOrder: (dice) => ({ "{order_id}": String(strangersFrom + between(dice, 1, strangers)) }),
};

/** Values of members by name, where the description only says text or number. */
export const usualValues: Readonly<Record<string, readonly unknown[]>> = {
  currency: ["JPY", "USD", "KWD"],
  limit: [1, 20, 100],
  skip: [0, 1, 10],
  after: [0, 1],
};
