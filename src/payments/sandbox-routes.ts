import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { keyOf } from "../http/idempotency.ts";
import { exactText } from "../http/strict-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { chargeSandbox, type SandboxCharge, type SandboxCharged } from "./charge-sandbox.ts";
import { findSandboxPayments } from "./find-sandbox-payments.ts";
import { sandboxKeyReused, sandboxPaymentNotFound, sandboxUnanswered } from "./gateway-errors.ts";
import { refundSandbox } from "./refund-sandbox.ts";
import { actOf, parseSandboxAmount } from "./sandbox.ts";
import {
  SandboxBooksView,
  SandboxPaymentView,
  SandboxRefundView,
  sandboxBooksView,
  sandboxPaymentView,
  sandboxRefundView,
} from "./sandbox-view.ts";

const orderIdText = Type.String({
  pattern: "^[1-9][0-9]{0,17}$",
  description: "The id that the payment was asked for with.",
  examples: ["42"],
});
const orderIdNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const money = {
  order_id: orderIdNumber,
  amount: Type.Number({ exclusiveMinimum: 0, description: "Major units, exact." }),
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
};
const longestText = 255;
const AskPayment = Type.Object(
  { ...money, customer_email: Type.Optional(Type.String({ maxLength: longestText })) },
  { title: "SandboxCharge", examples: [{ order_id: 42, amount: 179600.0, currency: "JPY" }] },
);
const AskRefund = Type.Object(
  { ...money, payment_id: Type.String({ minLength: 1, maxLength: longestText }) },
  {
    title: "SandboxRefundRequest",
    examples: [
      { order_id: 42, payment_id: "pay_019ab3c0-7001-7abc-8def-0123456789ab", amount: 100.0, currency: "JPY" },
    ],
  },
);

const config = { scope: "payments:sandbox" };
const tags = ["Sandbox payment service"];
const hangMs = 60_000; // Twice what a client should wait; after that it is told what this was.
const retryAfterSeconds = 60;

const chargeSchema = {
  tags,
  operationId: "createSandboxPayment",
  summary: "Take a payment; test e-mails and amounts decline, wait or fail",
  body: AskPayment,
  response: { 200: SandboxPaymentView, 201: SandboxPaymentView },
};

const findSchema = {
  tags,
  operationId: "getSandboxPaymentOfOrder",
  summary: "The payment of an order, with all that were tried",
  params: Type.Object({ order_id: orderIdText }),
  response: { 200: SandboxBooksView },
};

const refundSchema = {
  tags,
  operationId: "createSandboxRefund",
  summary: "Give back part of a payment or all of it",
  body: AskRefund,
  response: { 201: SandboxRefundView },
};

/** The caller's key; without one each request is a payment of its own. */
function keyOr(request: FastifyRequest, fallback: string): string {
  return keyOf(request)?.key ?? fallback;
}

/** How often the order was tried to be paid, this time included: a caller over HTTP does not tell. */
async function triesOf(db: Db, { orderId, key }: { orderId: bigint; key: string }, now: Date): Promise<number> {
  const { payments } = await findSandboxPayments(db, orderId, now);
  return payments.filter((payment) => payment.idempotencyKey !== key).length + 1;
}

type AskedPayment = FastifyRequest & { body: Static<typeof AskPayment> };

async function chargeOf(db: Db, request: AskedPayment, now: Date): Promise<SandboxCharge> {
  const { order_id, currency, customer_email: email } = request.body;
  const amountMinor = parseSandboxAmount(exactText(request.body, "amount"), currency);
  const paymentId = `pay_${uuidV7(now)}`;
  const key = keyOr(request, paymentId);
  const orderId = BigInt(order_id);
  const act = actOf(email ?? "", amountMinor, await triesOf(db, { orderId, key }, now));
  return { paymentId, orderId, key, amountMinor, currency, act };
}

/** Keeps the caller waiting for longer than it should wait. */
async function unanswered(signal: AbortSignal): Promise<never> {
  await sleep(hangMs, undefined, { signal }).catch(() => {});
  throw sandboxUnanswered({}, { retryAfterSeconds });
}

/** The payment stands, the connection ends, and nobody hears of it. */
function loseReply(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

/** Answers a charge as its test customer wants it. Asked for again, it is always answered. */
function tellCharge(
  request: FastifyRequest,
  reply: FastifyReply,
  { key, act }: SandboxCharge,
  charged: SandboxCharged | undefined,
): FastifyReply {
  if (!charged || charged.outcome === "key_reused") throw sandboxKeyReused({ key });
  const isNew = charged.outcome === "made";
  if (isNew && act.reply === "lost") return loseReply(request, reply);
  if (!isNew) reply.header("idempotent-replayed", "true");
  return reply.code(isNew ? 201 : 200).send(sandboxPaymentView(charged.payment));
}

/** The embedded payment service over HTTP: what a remote one looks like, to try a client against. */
export function sandboxRoutes(db: Db, clock: Clock): FastifyPluginAsyncTypebox {
  return async (app) => {
    const closing = new AbortController();
    app.addHook("preClose", async () => closing.abort());

    app.post(
      "/api/v1/payments",
      {
        config,
        schema: chargeSchema,
      },
      async (request, reply) => {
        const now = clock.now();
        const charge = await chargeOf(db, request, now);
        if (charge.act.reply === "never") await unanswered(closing.signal);
        const [charged] = await chargeSandbox(db, [charge], now);
        return tellCharge(request, reply, charge, charged);
      },
    );

    app.get(
      "/api/v1/payments/order/:order_id",
      {
        config,
        schema: findSchema,
      },
      async ({ params }) => {
        const orderId = BigInt(params.order_id);
        const books = sandboxBooksView(await db.transaction((tx) => findSandboxPayments(tx, orderId, clock.now())));
        if (!books) throw sandboxPaymentNotFound({ orderId });
        return books;
      },
    );

    app.post(
      "/api/v1/payments/refund",
      {
        config: { ...config, refuses: [404] },
        schema: refundSchema,
      },
      async (request, reply) => {
        const { order_id, currency, payment_id: paymentId } = request.body;
        const amountMinor = parseSandboxAmount(exactText(request.body, "amount"), currency);
        const now = clock.now();
        const refundId = `re_${uuidV7(now)}`;
        const asked = {
          refundId,
          orderId: BigInt(order_id),
          paymentId,
          key: keyOr(request, refundId),
          amountMinor,
          currency,
        };
        const refund = await db.transaction((tx) => refundSandbox(tx, asked, now));
        return reply.code(201).send(sandboxRefundView(refund));
      },
    );
  };
}
