import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { givenLetter } from "../../test/support/given-letters.ts";
import { messageIdOf, orderUidOf, parseSender } from "./letter.ts";
import { writeAmount } from "./wording.ts";

const mostHtmlBytes = 2_048; // Thousands of mails a second are rendered and stored.

describe("composeLetter", () => {
  test("confirms a Japanese order in Japanese, with exact yen", () => {
    const letter = givenLetter();
    assert.equal(letter.subject, `ご注文を承りました（${letter.order.number}）`);
    assert.equal(
      letter.text,
      [
        "ご注文ありがとうございます",
        "田中太郎 様",
        "ご注文を承りました。ただいま商品を準備しております。発送の際に改めてご連絡いたします。",
        `ご注文番号: ${letter.order.number}`,
        "- ノートPC\n  2 × 89,800円: 179,600円",
        "合計: 179,600円",
        "-- \nTea & Co",
        "",
      ].join("\n\n"),
    );
    assert.match(letter.html, /<html lang="ja" dir="ltr">/);
    assert.match(letter.html, />179,600円</);
    assert.match(letter.html, />Tea &amp; Co</);
  });

  test("confirms an English order in English, with everything that makes up the total", () => {
    const letter = givenLetter({
      locale: "en",
      currency: "USD",
      customerName: "Ann",
      lines: [{ name: "Tea", quantity: 3n, unitPriceMinor: 10n }],
      discountMinor: 5n,
      taxMinor: 2n,
      shippingMinor: 499n,
    });
    assert.equal(letter.subject, `Order ${letter.order.number} is confirmed`);
    assert.match(letter.text, /Hello Ann,/);
    assert.match(
      letter.text,
      /- Tea\n {2}3 × \$0\.10: \$0\.30\n\nItems: \$0\.30\nDiscount: -\$0\.05\nTax: \$0\.02\nShipping: \$4\.99\nTotal: \$5\.26\n/,
    );
    assert.match(letter.html, /<html lang="en" dir="ltr">/);
  });

  for (const [locale, kind, subject, said] of [
    ["en", "order_shipped", /is on its way$/, "Everything below has been handed over for delivery."],
    [
      "en",
      "order_cancelled",
      /is cancelled$/,
      "Nothing will be delivered. What you have paid goes back the way it came.",
    ],
    [
      "ja",
      "order_shipped",
      /^商品を発送いたしました/,
      "下記の商品をお届けの手配に引き渡しました。到着まで今しばらくお待ちください。",
    ],
    [
      "ja-JP",
      "order_cancelled",
      /^ご注文をキャンセルいたしました/,
      "商品のお届けはございません。お支払い済みの金額は、お支払い時と同じ方法で返金いたします。",
    ],
    ["xx", "order_shipped", /is on its way$/, "Everything below has been handed over for delivery."],
  ] as const) {
    test(`tells ${kind} in the words of ${locale}`, () => {
      const letter = givenLetter({ locale, kind });
      assert.match(letter.subject, subject);
      assert.ok(letter.text.includes(said));
      assert.ok(letter.html.includes(said));
    });
  }

  for (const [name, inMarkup, inText] of [
    ["<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;", "<img src=x onerror=alert(1)>"],
    [`"&'`, "&quot;&amp;&#39;", `"&'`],
    ["</title><script>", "&lt;/title&gt;&lt;script&gt;", "</title><script>"],
    ["Ann\r\nBcc: eve@example.com", "Ann Bcc: eve@example.com", "Ann Bcc: eve@example.com"],
    ["a\u0000b\u2028c", "a b c", "a b c"],
    ["\u202etxt.exe", "txt.exe", "txt.exe"],
    ["מרים", "<bdi>מרים</bdi>", "\u2068מרים\u2069"],
    ["\u2069مريم\u2069", "<bdi>مريم</bdi>", "\u2068مريم\u2069"],
    ["👩‍👩‍👧 𠮷野家", "👩‍👩‍👧 𠮷野家", "👩‍👩‍👧 𠮷野家"],
  ] as const) {
    test(`writes ${JSON.stringify(name)} as a harmless line`, () => {
      const letter = givenLetter({ locale: "en", customerName: name, lines: [{ name, unitPriceMinor: 1n }] });
      assert.ok(letter.html.includes(`<p>Hello ${inMarkup},</p>`));
      assert.ok(letter.html.includes(`<td>${inMarkup}<div`));
      assert.ok(letter.text.includes(`Hello ${inText},`));
      assert.ok(letter.text.includes(`- ${inText}\n`));
      assert.ok(!letter.subject.includes(name));
    });
  }

  test("greets nobody when the name is empty", () => {
    const letter = givenLetter({ customerName: " " });
    assert.doesNotMatch(letter.text, /様/);
    assert.doesNotMatch(letter.html, /様/);
  });

  test("cuts a name of a megabyte to a line", () => {
    const letter = givenLetter({ customerName: "𠮷".repeat(500_000) });
    assert.match(letter.text, /^(𠮷){100}… 様$/mu);
  });

  test("shows a hundred lines of a long order and counts the rest", () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => ({ name: `Item ${index}`, unitPriceMinor: 1n }));
    const letter = givenLetter({ lines, locale: "en" });
    assert.match(letter.text, /- Item 99\n {2}1 × ¥1: ¥1\nand 900 more items\n\nTotal: ¥1,000/);
    assert.doesNotMatch(letter.html, /Item 100</);
  });

  test("has no markup but its own, whatever the names are", () => {
    const tags = (html: string) => html.replaceAll(/<\/?bdi>/g, "").match(/<[^>]*>/g);
    const plain = tags(givenLetter({ customerName: "Ann", lines: [{ name: "Tea", unitPriceMinor: 1n }] }).html);
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        const name = `A${text}`;
        const letter = givenLetter({ customerName: name, lines: [{ name, unitPriceMinor: 1n }] });
        assert.deepEqual(tags(letter.html), plain);
        assert.ok(letter.html.isWellFormed());
        assert.doesNotMatch((letter.html + letter.text).replaceAll("\n", ""), /[\u202a-\u202e\p{Cc}]/u);
      }),
    );
  });

  test("keeps two items within the size that is stored for each order", () => {
    for (const locale of ["ja", "en"]) {
      const lines = [
        { name: "ノートPC 15インチ", unitPriceMinor: 89_800n },
        { name: "無線マウス", quantity: 2n, unitPriceMinor: 2_480n },
      ];
      const { html } = givenLetter({ locale, lines });
      assert.ok(Buffer.byteLength(html) < mostHtmlBytes, `${locale}: ${Buffer.byteLength(html)} bytes`);
    }
  });
});

describe("writeAmount", () => {
  for (const [minor, currency, english, japanese] of [
    [179_600n, "JPY", "¥179,600", "179,600円"],
    [30n, "USD", "$0.30", "$0.30"],
    [1_234n, "KWD", "KWD 1.234", "KWD 1.234"],
    [0n, "EUR", "€0.00", "€0.00"],
    [-500n, "JPY", "-¥500", "-500円"],
    [999_999_999_999_999n, "USD", "$9,999,999,999,999.99", "$9,999,999,999,999.99"],
    [9_007_199_254_740_993n, "KWD", "KWD 9,007,199,254,740.993", "KWD 9,007,199,254,740.993"],
    [12_345n, "ISK", "ISK 12,345", "ISK 12,345"],
  ] as const) {
    test(`writes ${minor} minor units of ${currency} exactly`, () => {
      assert.equal(writeAmount(minor, currency, "en"), english);
      assert.equal(writeAmount(minor, currency, "ja"), japanese);
    });
  }

  test("refuses what is no currency", () => {
    assert.throws(() => writeAmount(1n, "XXQ", "en"), /no currency/);
  });
});

describe("parseSender", () => {
  for (const [text, name, address] of [
    ["Orderwell <orders@shop.example>", "Orderwell", "orders@shop.example"],
    ['"Tea & Co" <orders@tea.example>', "Tea & Co", "orders@tea.example"],
    ["orders@tea.example", "", "orders@tea.example"],
    ["<orders@tea.example>", "", "orders@tea.example"],
  ] as const) {
    test(`reads ${text}`, () => assert.deepEqual(parseSender(text), { name, address }));
  }

  for (const text of ["", "Orderwell", "a <b>", "a <b@c> d", "a@b, c@d"]) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseSender(text), /no sender/));
  }
});

test("A message id is the same for the same order and kind, and names its order", () => {
  const shop = parseSender("orders@tea.example");
  const messageId = messageIdOf("019ab111-0000-7000-8000-000000000042", "order_shipped", shop);
  assert.equal(messageId, "019ab111-0000-7000-8000-000000000042.order_shipped@tea.example");
  assert.equal(orderUidOf(messageId), "019ab111-0000-7000-8000-000000000042");
});
