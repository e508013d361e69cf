import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { parseWebhookSecrets, signWebhook, verifyWebhook } from "./webhook-signature.ts";

const now = new Date("2026-11-23T12:00:00Z");
const oldSecret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const newSecret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const foreignSecret = `whsec_${Buffer.alloc(24, 3).toString("base64")}`;
const secrets = parseWebhookSecrets(newSecret);
const body = '{"payment_id": "pay_1", "status":"succeeded","amount":179600.0,"currency":"JPY"}';

function signed(secret = newSecret, at = now) {
  return { ...signWebhook(parseWebhookSecrets(secret), { id: "msg_1", body, now: at }) };
}

function minutesOff(minutes: number): Date {
  return new Date(now.getTime() + minutes * 60_000);
}

const refused = { code: "payment.webhook_signature", kind: "unreadable" };

describe("verifyWebhook", () => {
  test("lets a webhook pass that we signed, and answers its id", () => {
    assert.equal(verifyWebhook(secrets, signed(), Buffer.from(body), now), "msg_1");
  });

  test("lets a webhook pass that any other implementation signed", () => {
    const headers = { ...signed(), "webhook-signature": new Webhook(newSecret).sign("msg_1", now, body) };
    assert.equal(verifyWebhook(secrets, headers, Buffer.from(body), now), "msg_1");
  });

  test("lets a webhook pass that is signed as docs/payments.md shows", async () => {
    const page = await readFile(new URL("../../docs/payments.md", import.meta.url), "utf8");
    const [, example = ""] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
    const { signWebhook: documented } = await import(`data:text/javascript,${encodeURIComponent(example)}`);
    const headers = documented(newSecret, "msg_1", body, now.getTime() / 1000);
    assert.equal(verifyWebhook(secrets, headers, Buffer.from(body), now), "msg_1");
    assert.throws(() => verifyWebhook(secrets, headers, Buffer.from(`${body} `), now), refused);
  });

  test("believes old and new secret while they rotate, and several signatures", () => {
    const rotating = parseWebhookSecrets(`${newSecret}, ${oldSecret}`);
    assert.equal(verifyWebhook(rotating, signed(oldSecret), Buffer.from(body), now), "msg_1");
    assert.equal(verifyWebhook(rotating, signed(newSecret), Buffer.from(body), now), "msg_1");
    const both = `${signed(foreignSecret)["webhook-signature"]} ${signed(newSecret)["webhook-signature"]}`;
    assert.equal(verifyWebhook(secrets, { ...signed(), "webhook-signature": both }, Buffer.from(body), now), "msg_1");
  });

  test("bears clocks that are five minutes apart, not more", () => {
    for (const minutes of [-5, 5]) {
      assert.equal(verifyWebhook(secrets, signed(newSecret, minutesOff(minutes)), Buffer.from(body), now), "msg_1");
    }
    for (const minutes of [-5.1, 5.1, -60 * 24]) {
      const headers = signed(newSecret, minutesOff(minutes));
      assert.throws(() => verifyWebhook(secrets, headers, Buffer.from(body), now), refused);
    }
  });

  const twisted = Buffer.from(body);
  twisted[20] = (twisted[20] ?? 0) ^ 1;
  const wrongs: [string, Record<string, string | undefined>, Buffer][] = [
    ["one byte of the body is changed", {}, twisted],
    ["the body was read and written anew", {}, Buffer.from(JSON.stringify(JSON.parse(body)))],
    ["the body is empty", {}, Buffer.alloc(0)],
    ["the body is not UTF-8", {}, Buffer.from([0xff, 0xfe])],
    ["another secret signed", signed(foreignSecret), Buffer.from(body)],
    ["a signature is missing", { "webhook-signature": undefined }, Buffer.from(body)],
    ["the signature is empty", { "webhook-signature": "" }, Buffer.from(body)],
    [
      "the signature has another version",
      { "webhook-signature": signed()["webhook-signature"].replace("v1", "v2") },
      Buffer.from(body),
    ],
    ["the id is another", { "webhook-id": "msg_2" }, Buffer.from(body)],
    ["the id is missing", { "webhook-id": undefined }, Buffer.from(body)],
    ["the time is another", { "webhook-timestamp": String(now.getTime() / 1000 + 1) }, Buffer.from(body)],
    ["the time has more than digits", { "webhook-timestamp": `${now.getTime() / 1000}.0` }, Buffer.from(body)],
  ];
  for (const [what, headers, raw] of wrongs) {
    test(`refuses a webhook when ${what}`, () => {
      assert.throws(() => verifyWebhook(secrets, { ...signed(), ...headers }, raw, now), refused);
    });
  }
});

describe("parseWebhookSecrets", () => {
  for (const [what, text] of [
    ["none", ""],
    ["an empty one", "whsec_"],
    ["an empty one among others", `${newSecret},`],
    ["one that is no base64", "whsec_this is no secret, is it"],
    ["one that is too short", `whsec_${Buffer.alloc(23, 1).toString("base64")}`],
  ] as const) {
    test(`refuses ${what}, so that the program does not start`, () => {
      assert.throws(() => parseWebhookSecrets(text), /secret/);
    });
  }
});
