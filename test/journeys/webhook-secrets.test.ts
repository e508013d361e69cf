import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseWebhookSecrets, signWebhook } from "../../src/payments/webhook-signature.ts";
import { givenSite, startServing } from "../support/serve.ts";

const oldSecret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const newSecret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const body = '{"payment_id":"pay_1","status":"failed","amount":1,"currency":"USD"}';

describe("secrets of the payment webhook", () => {
  for (const wrong of ["whsec_", `${newSecret},`, "whsec_c2hvcnQ="]) {
    test(`keep the program from starting when one is empty or short: ${wrong.slice(0, 20)}`, async () => {
      const site = await givenSite();
      await assert.rejects(
        startServing(site, { PAYMENT_WEBHOOK_SECRETS: wrong }),
        /PAYMENT_WEBHOOK_SECRETS must be base64/,
      );
      await site.close();
    });
  }

  test("are believed both while they rotate, and the old one no longer afterwards", async () => {
    const site = await givenSite();
    const heard: number[] = [];
    for (const secrets of [oldSecret, `${newSecret},${oldSecret}`, newSecret]) {
      const server = await startServing(site, { PAYMENT_WEBHOOK_SECRETS: secrets });
      for (const secret of [oldSecret, newSecret]) {
        const id = `msg_${heard.length}`;
        const headers = { ...signWebhook(parseWebhookSecrets(secret), { id, body, now: new Date() }) };
        heard.push((await server.send("POST", "/api/v1/orders/1/webhook", { body, headers })).status);
      }
      await server.kill();
    }
    assert.deepEqual(heard, [200, 400, 200, 200, 400, 200]);
  });
});
