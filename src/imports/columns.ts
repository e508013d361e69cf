import type { Field } from "./import-options.ts";
import type { FilePlan } from "./reading.ts";

type Names = Readonly<Partial<Record<Field, string>>>;

/** The names by which columns are recognized, as `foldName` writes them. A name stands for one field alone. */
const english: Names = {
  ignore: "importline importreason",
  order_reference: `orderreference orderref orderid orderno ordernumber order externalreference externalid invoiceno
    invoicenumber invoiceid ponumber purchaseorder`,
  order_uid: "orderuid orderuuid",
  customer_email: "customeremail email emailaddress mail mailaddress",
  customer_name: "customername customer buyername recipientname fullname",
  customer_reference: "customerreference customerid customerno customernumber clientid",
  locale: "locale language lang",
  currency: "currency currencycode",
  ordered_at: "orderedat orderdate ordertime orderdatetime invoicedate purchasedate dateoforder",
  cancelled_at: "cancelledat canceledat cancelleddate canceleddate cancellationdate",
  payment_status: "paymentstatus financialstatus",
  payment_reference: "paymentreference paymentref paymentid transactionid transactionreference",
  paid_at: "paidat paymentdate datepaid paiddate",
  order_refunded: "refundedamount refunded amountrefunded",
  order_discount: "orderdiscount discount discountamount",
  order_tax: "ordertax tax taxes taxamount vat totaltax",
  shipping: "shipping shippingcost shippingfee shippingamount freight postage deliveryfee",
  order_total: "ordertotal total totalamount grandtotal amountdue",
  sku: "sku stockcode itemcode itemsku productcode productsku productid articleno articlenumber",
  product_name: "productname product item itemname description producttitle article articlename",
  quantity: "quantity qty itemquantity",
  unit_price: "unitprice price itemprice priceperunit",
  line_discount: "linediscount itemdiscount",
  line_discount_rate: "linediscountrate discountrate discountpercent discount% linediscount%",
  line_tax: "linetax itemtax",
  line_total: "linetotal itemtotal lineamount linevalue extendedprice subtotal",
};

const japanese: Names = {
  order_reference: "注文番号 受注番号 注文id 注文no 受注no オーダー番号 伝票番号 請求書番号",
  customer_email: "メールアドレス メール eメール 注文者メールアドレス 顧客メールアドレス",
  customer_name: "氏名 お名前 名前 顧客名 注文者名 注文者氏名 購入者名 お客様名",
  customer_reference: "顧客番号 顧客id 会員番号 会員id 顧客コード お客様番号",
  locale: "言語",
  currency: "通貨 通貨コード",
  ordered_at: "注文日 注文日時 受注日 受注日時 購入日 購入日時",
  cancelled_at: "キャンセル日 キャンセル日時 取消日",
  payment_status: "支払状況 支払い状況 入金状況 支払ステータス 支払いステータス 入金ステータス 決済状況",
  payment_reference: "決済番号 決済id 取引番号 取引id 支払番号 支払い番号",
  paid_at: "入金日 入金日時 支払日 支払い日 支払日時 決済日 決済日時",
  order_refunded: "返金額",
  order_discount: "割引 割引額 値引 値引き 値引額 注文割引 クーポン割引",
  order_tax: "消費税 税額 消費税額 税",
  shipping: "送料 配送料",
  order_total: "合計 合計金額 総額 総合計 請求金額 注文合計 お支払い金額",
  sku: "商品コード 商品番号 品番 型番 商品id 商品sku",
  product_name: "商品名 品名 商品 製品名",
  quantity: "数量 個数 注文数 点数",
  unit_price: "単価 価格 販売価格 商品単価",
  line_discount: "明細割引 商品割引",
  line_discount_rate: "割引率 値引率",
  line_tax: "明細消費税 商品消費税",
  line_total: "小計 金額 明細合計 商品合計",
};

/** Source: the order export of Shopify's admin. Order-level cells stand on the first row of an order alone. */
const shopify: Names = {
  order_reference: "name",
  customer_email: "email",
  customer_name: "billingname",
  currency: "currency",
  ordered_at: "createdat",
  cancelled_at: "cancelledat",
  payment_status: "financialstatus",
  payment_reference: "paymentreference",
  paid_at: "paidat",
  order_refunded: "refundedamount",
  order_discount: "discountamount",
  order_tax: "taxes",
  shipping: "shipping",
  order_total: "total",
  sku: "lineitemsku",
  product_name: "lineitemname",
  quantity: "lineitemquantity",
  unit_price: "lineitemprice",
  line_discount: "lineitemdiscount",
  ignore: "importline importreason",
};

/** What `GET /api/v2/orders.csv` writes. */
const orderwell: Names = {
  order_uid: "orderuuid",
  source: "source",
  order_reference: "externalreference",
  payment_status: "status",
  ordered_at: "orderedat",
  customer_email: "customeremail",
  customer_name: "customername",
  customer_reference: "customerreference",
  locale: "locale",
  currency: "currency",
  sku: "sku",
  product_name: "productname",
  quantity: "quantity",
  unit_price: "unitprice",
  line_discount: "linediscount",
  line_tax: "linetax",
  line_total: "linetotal",
  order_discount: "orderdiscount",
  order_tax: "ordertax",
  shipping: "shipping",
  order_total: "ordertotal",
  order_refunded: "refunded",
  paid_at: "paidat",
  payment_reference: "paymentreference",
  ignore: "importline importreason",
};

type Dialect = FilePlan["dialect"];

function fieldsByName(...tables: readonly Names[]): ReadonlyMap<string, Field> {
  const pairs = tables.flatMap((names) => Object.entries(names) as [Field, string][]);
  return new Map(pairs.flatMap(([field, list]) => list.split(/\s+/).map((name) => [name, field] as const)));
}

const tables: Readonly<Record<Dialect, ReadonlyMap<string, Field>>> = {
  plain: fieldsByName(english, japanese),
  shopify: fieldsByName(shopify),
  orderwell: fieldsByName(orderwell),
};

/** A column's name without what writers vary: width, case, blanks, marks. A percent sign stays: it changes the meaning. */
export function foldName(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}%]+/gu, "");
}

/** What a column of this name is, as far as its name tells. */
export function fieldOf(name: string, dialect: Dialect): Field | undefined {
  return tables[dialect].get(foldName(name));
}

const marks: readonly (readonly [Dialect, readonly string[]])[] = [
  ["orderwell", ["orderuuid", "ordernumber", "line"]],
  ["shopify", ["name", "financialstatus", "lineitemname", "lineitemquantity", "lineitemprice"]],
];

/** Whose export a file with these columns is. */
export function dialectOf(names: readonly string[]): Dialect {
  const folded = new Set(names.map(foldName));
  return marks.find(([, needed]) => needed.every((name) => folded.has(name)))?.[0] ?? "plain";
}

/** The field that says which rows are one order. */
export function groupingField(dialect: Dialect): Field {
  return dialect === "orderwell" ? "order_uid" : "order_reference";
}
