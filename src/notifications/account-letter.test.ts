import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AccountLetter } from "../identity/index.ts";
import { composeAccountLetter } from "./account-letter.ts";

const sender = { name: "Tea & Co", address: "orders@tea.example" };
const envelope = { id: "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f", sender, address: "https://tea.example" };

function letter(wanted: Partial<AccountLetter> = {}): AccountLetter {
  return {
    kind: "account_verification",
    recipient: "ann@example.com",
    name: "Ann",
    locale: "en",
    path: "/account/verify#token=abc",
    inviter: "",
    subject: "",
    ...wanted,
  };
}

describe("a letter about an account", () => {
  test("says what it is for, where to go, and what to do when nobody asked for it", () => {
    const notice = composeAccountLetter(letter(), envelope);
    assert.equal(notice.subject, "Confirm your e-mail address");
    assert.equal(notice.messageId, "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f.account_verification@tea.example");
    assert.equal(notice.link, "https://tea.example/account/verify#token=abc");
    assert.match(notice.text, /^Confirm your e-mail address\n\nHello Ann,\n\n/);
    assert.ok(notice.text.includes(`Confirm the address:\n${notice.link}\n`));
    assert.ok(notice.text.includes("do nothing"));
    assert.ok(notice.html.includes('<a href="https://tea.example/account/verify#token=abc"'));
    assert.ok(notice.html.includes("Tea &amp; Co"));
  });

  test("is written in Japanese for whoever reads that", () => {
    const notice = composeAccountLetter(letter({ locale: "ja-JP", name: "田中太郎" }), envelope);
    assert.equal(notice.subject, "メールアドレスの確認");
    assert.ok(notice.text.includes("田中太郎 様"));
    assert.ok(notice.html.includes('<html lang="ja"'));
  });

  for (const kind of [
    "account_verification",
    "account_reset",
    "account_known",
    "account_invitation",
    "staff_invitation",
  ] as const) {
    for (const locale of ["en", "ja", "fr"]) {
      test(`of the kind ${kind} is whole in ${locale}`, () => {
        const notice = composeAccountLetter(letter({ kind, locale, inviter: "Olga", subject: "support" }), envelope);
        for (const part of [notice.subject, notice.text, notice.html]) {
          assert.ok(part.length > 0 && !part.includes("undefined"), part);
        }
        assert.ok(!/[\r\n]/.test(notice.subject));
      });
    }
  }

  test("keeps what foreigners wrote on one line, and out of the markup", () => {
    const hostile = '<img src=x onerror=alert(1)>\r\nBcc: eve@example.com\u202e"';
    const notice = composeAccountLetter(
      letter({ kind: "account_invitation", name: hostile, inviter: hostile, subject: hostile }),
      envelope,
    );
    assert.ok(!/[\r\n\u202e]/.test(notice.subject), notice.subject);
    assert.ok(!notice.html.includes("<img"));
    assert.ok(!notice.text.includes("\nBcc:"));
  });
});
