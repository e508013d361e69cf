import { purchaser } from "./place-purchases.ts";
import type { SeededViolation } from "./seeded-violations.ts";

/** The purchases of the books: paid, waiting on the page, declined, left, given back. */
const [bought, onPage, declined, left, givenBack] = [14, 15, 16, 17, 18];

const thawed = "alter table orders.shopper_orders disable trigger shopper_orders_details_frozen";

const say = (orderId: number, path: string, value: string) => `
  update orders.shopper_orders
     set details = jsonb_set(details::jsonb, '${path}', '${value}')::json
   where order_id = ${orderId}`;

/** What breaks when an order forgets what it was. */
export const seededPurchases: readonly SeededViolation[] = [
  {
    breaks: "I08",
    by: "an order with more tax in it than its lines have",
    sql: `update orders.orders set tax_included_minor = 28 where order_id = ${bought};
          ${say(bought, "{tax_included_amount}", "28")}`,
    says: `Order ${bought} has included tax of 28; its lines have 27, and its shipping is 0.`,
  },
  {
    breaks: "I56",
    by: "an order that was a cart and is nobody's",
    sql: `delete from orders.shopper_orders where order_id = ${bought}`,
    says: `Order ${bought} was cart`,
  },
  {
    breaks: "I56",
    by: "an order that was no cart and is somebody's",
    sql: `delete from carts.cart_lines where cart_id = (select cart_id from carts.carts where order_id = ${onPage});
          delete from carts.carts where order_id = ${onPage};
          update orders.orders set cart_id = null where order_id = ${onPage};
          ${say(onPage, "{cart_id}", "null")}`,
    says: `Order ${onPage} is of ${purchaser} and was no cart.`,
  },
  {
    breaks: "I53",
    by: "a paid order whose details can be changed still",
    sql: `update orders.shopper_orders set frozen_at = null where order_id = ${bought}`,
    says: `Order ${bought} is paid, was paid, and its details are not frozen.`,
  },
  {
    breaks: "I53",
    by: "an order that was given back, and whose details thawed",
    sql: `update orders.shopper_orders set frozen_at = null where order_id = ${givenBack}`,
    says: `Order ${givenBack} is cancelled, was paid, and its details are not frozen.`,
  },
  {
    breaks: "I53",
    by: "an order whose details were frozen though nobody paid",
    sql: `update orders.shopper_orders set frozen_at = now() where order_id in (${onPage}, ${declined}, ${left})`,
    says: `Order ${left} is cancelled, was never paid, and its details are frozen.`,
  },
  {
    breaks: "I53",
    by: "details that were frozen later than they were paid",
    sql: `update orders.shopper_orders set frozen_at = frozen_at + interval '1 second' where order_id = ${bought}`,
    says: `Order ${bought} was paid at`,
  },
  {
    breaks: "I54",
    by: "details of another total",
    sql: say(bought, "{total_amount}", "301"),
    says: `Order ${bought} comes to 300 USD (items 300, tax 0, tax included 27, shipping 0); its details say 301 USD`,
  },
  {
    breaks: "I54",
    by: "details in another currency",
    sql: say(onPage, "{currency}", '"EUR"'),
    says: `Order ${onPage} comes to 300 USD`,
  },
  {
    breaks: "I54",
    by: "details of another cart",
    sql: say(onPage, "{cart_id}", '"019ab3c0-0000-7000-8000-00000000ca01"'),
    says: "of cart 019ab3c0-0000-7000-8000-00000000ca01.",
  },
  {
    breaks: "I54",
    by: "a line that says another price",
    sql: say(declined, "{lines,0,unit_amount}", "299"),
    says: `Order ${declined}, line 1: the order has 1 at 300 for 300, its details 1 at 299 for 300.`,
  },
  {
    breaks: "I54",
    by: "a line that the details lack",
    sql: say(declined, "{lines}", "[]"),
    says: `Order ${declined}, line 1: the order has 1 at 300 for 300, its details  at  for .`,
  },
  {
    breaks: "I55",
    by: "a page of two attempts",
    sql: `drop index payments.payment_attempts_session_once;
          create unique index payment_attempts_session_once on payments.payment_attempts (order_id, session_reference)
            where session_reference is not null;
          update payments.payment_attempts set session_reference = 'cs-${onPage}' where order_id = ${declined}`,
    says: `The page cs-${onPage} is of 2 attempts.`,
  },
  {
    breaks: "I55",
    by: "an attempt whose page is not there",
    sql: `delete from payments.sandbox_sessions where order_id = ${onPage}`,
    says: `Attempt 1 of order ${onPage} has the page cs-${onPage}, which is not there.`,
  },
  {
    breaks: "I55",
    by: "a page that asks for another amount",
    sql: `update payments.sandbox_sessions set amount_minor = 301 where order_id = ${onPage}`,
    says: `Attempt 1 of order ${onPage} has the page cs-${onPage}, which is for 301 USD of order ${onPage}.`,
  },
  {
    breaks: "I55",
    by: "a page of nobody's",
    sql: `insert into payments.sandbox_sessions
          select 'cs-lost', 5, 'lost', status, amount_minor, currency, description, customer_email, locale, return_url,
                 cancel_url, expires_at, created_at
            from payments.sandbox_sessions where order_id = ${onPage}`,
    says: "The page cs-lost of order 5 is of no attempt.",
  },
  {
    breaks: "I55",
    by: "a page that was used, and where nobody paid",
    sql: `update payments.sandbox_sessions set status = 'decided' where order_id = ${onPage}`,
    says: `The page cs-${onPage} of order ${onPage} is decided, and the payment is not there.`,
  },
  {
    breaks: "I55",
    by: "a page that can be used once more",
    sql: `update payments.sandbox_sessions set status = 'open' where order_id = ${bought}`,
    says: `The page cs-${bought} of order ${bought} is open, and the payment is succeeded for 300 USD.`,
  },
  {
    breaks: "I26",
    by: "details that can be changed though they are paid",
    sql: thawed,
    says: "shopper_orders_details_frozen",
  },
  {
    breaks: "I28",
    by: "pages that two attempts may have",
    sql: "drop index payments.payment_attempts_session_once",
    says: "payments.payment_attempts_session_once promises that something stands once",
  },
];
