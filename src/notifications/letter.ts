import type { LetterKind, OrderLetter } from "../orders/index.ts";
import { html, isolated, isolatedMarkup, type Markup, oneLine } from "./markup.ts";
import { type Wording, wordingFor, writeAmount } from "./wording.ts";

/** Somebody with a mailbox. */
export interface Correspondent {
  readonly name: string;
  readonly address: string;
}

/** Who a message is between, and the id under which it is the same message however often it is sent. */
export interface Envelope {
  /** Stands for the order and the kind; without the angle brackets that mail puts around it. */
  readonly messageId: string;
  readonly sender: Correspondent;
  readonly recipient: string;
  /** Where the recipient sees the order; null where nobody may without an account of ours. */
  readonly link?: string | null;
}

/** One message to one person, ready to go out by any channel. */
export interface Written extends Envelope {
  /** `en`, `ja-JP`: the language that it was asked for in. */
  readonly locale: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** One about an order. */
export interface Letter extends Written {
  readonly kind: LetterKind;
  readonly order: OrderLetter;
}

const senderShape = /^(?:"?([^"<>]*?)"?\s*<([^<>\s@]+@[^<>\s@]+)>|([^<>\s@]+@[^<>\s@]+))$/;

/** Reads `Name <address>` or a bare address; throws for anything else. */
export function parseSender(text: string): Correspondent {
  const [, name = "", bracketed, bare] = senderShape.exec(text.trim()) ?? [];
  const address = bracketed ?? bare;
  if (address === undefined) throw new Error(`"${text}" is no sender; write Name <address>.`);
  return { name: oneLine(name), address };
}

/** The message id that an order's letter of a kind always has. Source: RFC 5322, section 3.6.4. */
export function messageIdOf(orderUid: string, kind: LetterKind, sender: Correspondent): string {
  return `${orderUid}.${kind}@${sender.address.slice(sender.address.lastIndexOf("@") + 1)}`;
}

/** The order that a message id was made from. */
export function orderUidOf(messageId: string): string {
  return messageId.slice(0, messageId.indexOf("."));
}

/** Mail readers cut letters of more than about 100 kB; a longer order shows so many lines and the count of the rest. */
const mostLines = 100;

interface Line {
  readonly name: string;
  readonly detail: string;
  readonly amount: string;
}

/** What a letter says, in its language, before it is text or markup. */
interface Content {
  readonly wording: Wording;
  readonly name: string;
  readonly number: string;
  readonly heading: string;
  readonly message: string;
  readonly lines: readonly Line[];
  readonly more: string | undefined;
  /** Label and amount; the last one is the total. */
  readonly sums: readonly (readonly [string, string])[];
  /** The same for what the total has in it. */
  readonly included: readonly [string, string] | undefined;
  readonly link: string | null;
  readonly shop: string;
}

/** Writes the letter of a kind about an order, in the order's language. The same order gives the same letter. */
export function composeLetter(order: OrderLetter, kind: LetterKind, envelope: Envelope): Letter {
  const wording = wordingFor(order.locale);
  const words = wording.letters[kind];
  const hidden = order.items.length - mostLines;
  const content: Content = {
    wording,
    name: oneLine(order.customerName),
    number: order.number,
    heading: words.heading,
    message: words.message,
    lines: order.items.slice(0, mostLines).map((item) => lineOf(item, order.currency, wording)),
    more: hidden > 0 ? wording.moreItems(hidden) : undefined,
    sums: sumsOf(order, wording),
    included:
      order.taxIncludedMinor === 0n
        ? undefined
        : [wording.taxIncluded, writeAmount(order.taxIncludedMinor, order.currency, wording.language)],
    link: envelope.link ?? null,
    shop: envelope.sender.name,
  };
  const subject = words.subject(order.number);
  const { messageId, sender, recipient } = envelope;
  const written = { subject, text: textOf(content), html: markupOf(content, subject).markup };
  return { messageId, sender, recipient, locale: order.locale, kind, order, ...written };
}

function lineOf(item: OrderLetter["items"][number], currency: string, { language }: Wording): Line {
  return {
    name: oneLine(item.productName),
    detail: `${item.quantity} × ${writeAmount(item.unitPriceMinor, currency, language)}`,
    amount: writeAmount(item.lineTotalMinor, currency, language),
  };
}

/** The lines' total, discount, tax and shipping are told only where they make the sum differ from it. */
function sumsOf(order: OrderLetter, wording: Wording): [string, string][] {
  const write = (minor: bigint) => writeAmount(minor, order.currency, wording.language);
  const parts: [string, bigint][] = [
    [wording.discount, -order.discountMinor],
    [wording.tax, order.taxMinor],
    [wording.shipping, order.shippingMinor],
  ];
  const told = parts.filter(([, minor]) => minor !== 0n);
  const itemsMinor = told.reduce((left, [, minor]) => left - minor, order.totalMinor);
  const before: [string, bigint][] = told.length > 0 ? [[wording.itemsTotal, itemsMinor], ...told] : [];
  return [...before, [wording.total, order.totalMinor] as const].map(([label, minor]) => [label, write(minor)]);
}

function textOf(content: Content): string {
  const { greeting, orderNumber } = content.wording;
  const lines = content.lines.map(({ name, detail, amount }) => `- ${isolated(name)}\n  ${detail}: ${amount}`);
  return [
    content.heading,
    ...(content.name === "" ? [] : [greeting.before + isolated(content.name) + greeting.after]),
    content.message,
    `${orderNumber}: ${content.number}`,
    [...lines, ...(content.more === undefined ? [] : [content.more])].join("\n"),
    [...content.sums, ...(content.included ? [content.included] : [])]
      .map(([label, amount]) => `${label}: ${amount}`)
      .join("\n"),
    ...(content.link === null ? [] : [`${content.wording.seeOrder}: ${content.link}`]),
    ...(content.shop === "" ? [] : [`-- \n${content.shop}`]),
    "",
  ].join("\n\n");
}

// No colours but the reader's own (`color-scheme`) and half-clear lines, so that light and dark both work.
export const page = "margin:0;padding:24px 16px;font:16px/1.6 system-ui,Hiragino Sans,Noto Sans JP,sans-serif";
const rule = "border-top:1px solid #8886";
const figure = "text-align:right;white-space:nowrap;padding-left:16px";
export const quiet = "font-size:14px;opacity:.75";

function markupOf(content: Content, title: string): Markup {
  const { language, greeting, orderNumber } = content.wording;
  const named = html`<p>${greeting.before}${isolatedMarkup(content.name)}${greeting.after}</p>`;
  const linked =
    content.link === null
      ? []
      : html`<p style="margin-top:24px"><a href="${content.link}" style="font-weight:bold">${content.wording.seeOrder}</a></p>`;
  const signed = html`<p style="${quiet};margin-top:32px">${content.shop}</p>`;
  return html`<!doctype html>
<html lang="${language}" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${title}</title></head>
<body style="${page}"><div style="max-width:560px;margin:auto">
<h1 style="font-size:22px;line-height:1.3;margin:0 0 16px">${content.heading}</h1>
${content.name === "" ? [] : named}<p>${content.message}</p>
<p style="${quiet}">${orderNumber} <b>${content.number}</b></p>
<table width="100%" cellpadding="8" style="border-collapse:collapse">${rowsOf(content)}
</table>${linked}${content.shop === "" ? [] : signed}</div></body></html>
`;
}

function rowsOf({ lines, more, sums, included }: Content): Markup[] {
  const items = lines.map(({ name, detail, amount }) =>
    row(rule, html`${isolatedMarkup(name)}<div style="${quiet}">${detail}</div>`, amount),
  );
  const rest = more === undefined ? [] : [row(rule, html`${more}`, "")];
  const last = sums.length - 1;
  const totals = sums.map(([label, amount], index) => {
    const line = index === 0 || index === last ? rule : "border:0";
    return row(index === last ? `${line};font-weight:bold` : line, html`${label}`, amount);
  });
  const within = included ? [row(`border:0;${quiet}`, html`${included[0]}`, included[1])] : [];
  return [...items, ...rest, ...totals, ...within];
}

function row(style: string, label: Markup, amount: string): Markup {
  return html`
<tr style="${style}"><td>${label}</td><td style="${figure}">${amount}</td></tr>`;
}
