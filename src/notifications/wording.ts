import type { LetterKind } from "../orders/index.ts";
import { exponentOf, formatMajor } from "../platform/money.ts";

export type Language = "en" | "ja";

interface Words {
  readonly subject: (number: string) => string;
  readonly heading: string;
  readonly message: string;
}

/** Everything that letters say in one language. */
export interface Wording {
  readonly language: Language;
  readonly letters: Readonly<Record<LetterKind, Words>>;
  readonly greeting: { readonly before: string; readonly after: string };
  readonly orderNumber: string;
  readonly itemsTotal: string;
  readonly discount: string;
  readonly tax: string;
  readonly shipping: string;
  readonly total: string;
  /** Tax that the prices have in them. */
  readonly taxIncluded: string;
  readonly seeOrder: string;
  readonly moreItems: (count: number) => string;
}

const english: Wording = {
  language: "en",
  letters: {
    order_confirmation: {
      subject: (number) => `Order ${number} is confirmed`,
      heading: "Thank you for your order",
      message: "It is confirmed, and we are getting it ready. We will write again when it is on its way.",
    },
    order_shipped: {
      subject: (number) => `Order ${number} is on its way`,
      heading: "Your order is on its way",
      message: "Everything below has been handed over for delivery.",
    },
    order_cancelled: {
      subject: (number) => `Order ${number} is cancelled`,
      heading: "Your order is cancelled",
      message: "Nothing will be delivered. What you have paid goes back the way it came.",
    },
  },
  greeting: { before: "Hello ", after: "," },
  orderNumber: "Order",
  itemsTotal: "Items",
  discount: "Discount",
  tax: "Tax",
  shipping: "Shipping",
  total: "Total",
  taxIncluded: "Including tax of",
  seeOrder: "See your order",
  moreItems: (count) => (count === 1 ? "and 1 more item" : `and ${count} more items`),
};

const japanese: Wording = {
  language: "ja",
  letters: {
    order_confirmation: {
      subject: (number) => `ご注文を承りました（${number}）`,
      heading: "ご注文ありがとうございます",
      message: "ご注文を承りました。ただいま商品を準備しております。発送の際に改めてご連絡いたします。",
    },
    order_shipped: {
      subject: (number) => `商品を発送いたしました（${number}）`,
      heading: "商品を発送いたしました",
      message: "下記の商品をお届けの手配に引き渡しました。到着まで今しばらくお待ちください。",
    },
    order_cancelled: {
      subject: (number) => `ご注文をキャンセルいたしました（${number}）`,
      heading: "ご注文をキャンセルいたしました",
      message: "商品のお届けはございません。お支払い済みの金額は、お支払い時と同じ方法で返金いたします。",
    },
  },
  greeting: { before: "", after: " 様" },
  orderNumber: "ご注文番号",
  itemsTotal: "商品合計",
  discount: "割引",
  tax: "税",
  shipping: "送料",
  total: "合計",
  taxIncluded: "うち税",
  seeOrder: "ご注文の状況を見る",
  moreItems: (count) => `ほか${count}点`,
};

/** The words for a locale such as `ja` or `ja-JP`; English where we have no others. */
export function wordingFor(locale: string): Wording {
  return /^ja\b/i.test(locale) ? japanese : english;
}

/** Making one costs 1,000 times what using it does, and there are few currencies. */
const formats = new Map<string, Intl.NumberFormat>();

function formatFor(language: Language, currency: string, exponent: number): Intl.NumberFormat {
  const key = `${language} ${currency}`;
  let format = formats.get(key);
  if (format === undefined) {
    const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
    // In Japanese, yen are written after the number: 179,600円.
    const style = language === "ja" && currency === "JPY" ? {} : { style: "currency" as const, currency };
    format = new Intl.NumberFormat(language, { ...style, ...digits });
    formats.set(key, format);
  }
  return format;
}

/** An amount as its reader writes it, exact: `¥179,600`, `179,600円`, `$0.30`, `KWD 1.234`. Throws for no currency. */
export function writeAmount(minor: bigint, currency: string, language: Language): string {
  const exponent = exponentOf(currency);
  if (exponent === undefined) throw new Error(`${currency} is no currency.`);
  // The decimal is given as text: a double would lose digits of large amounts.
  const decimal = formatMajor(minor, exponent) as Intl.StringNumericLiteral;
  const written = formatFor(language, currency, exponent).format(decimal).replaceAll("\u00a0", " ");
  return language === "ja" && currency === "JPY" ? `${written}円` : written;
}
