import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Sql } from "../../src/platform/db.ts";
import { ask } from "./ask.ts";
import { eventually } from "./eventually.ts";
import type { ServingProcess } from "./serve.ts";
import { openStoreClient, type StoreClient } from "./store-client.ts";

/** Somebody who has an account. */
export interface GivenUser {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
}

const password = "correct horse battery staple";

/** What the newest letter to an address has behind `#token=`; of two letters the one that has another than `before`. */
export async function tokenFrom(sql: Sql, email: string, before?: string): Promise<string> {
  let token: string | undefined;
  await eventually(`a letter to ${email} is there`, async () => {
    const [mail] = await ask<{ textBody: string }>(
      sql,
      `select text_body from notifications.mails where recipient = '${email}' order by mail_id desc limit 1`,
    );
    token = /#token=([\w.~-]+)/.exec(mail?.textBody ?? "")?.[1];
    return token !== undefined && token !== before;
  });
  return token ?? "";
}

/** Makes an account as people do: signs up, and proves the address by the letter. */
export async function givenUser(sql: Sql, server: ServingProcess): Promise<GivenUser> {
  const client = openStoreClient(server);
  const email = `user-${randomUUID()}@example.com`;
  await client.ask("POST", "/api/store/auth/sign-up", { name: "Ann", email, password });
  await client.ask("POST", "/api/store/auth/verify-email", { token: await tokenFrom(sql, email) });
  const [user] = await ask<{ id: string }>(sql, `select id from identity.users where email = '${email}'`);
  assert.ok(user);
  return { email, password, userId: user.id };
}

/** Signs in with the cookies that the client has. */
export async function signIn(client: StoreClient, { email, password: secret }: GivenUser): Promise<void> {
  await client.ask("POST", "/api/store/auth/sign-in", { email, password: secret });
}
