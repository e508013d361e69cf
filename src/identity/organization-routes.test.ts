import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import {
  type AccountSite,
  accountSite,
  givenSignedIn,
  type Visitor,
  visitor,
} from "../../test/support/given-accounts.ts";
import { organizationsOf } from "./list-organizations.ts";

const auth = "/api/store/auth";
const nobody = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";

interface Member {
  id: string;
  user_id: string;
  email: string;
  role: string;
}

let site: AccountSite;
let owner: Visitor;
let guest: Visitor;
let organization: string;
let count = 0;

before(async () => {
  site = await accountSite();
  owner = await givenSignedIn(site, "owner@example.com", "Olga");
  guest = await givenSignedIn(site, "guest@example.com", "Gus");
  organization = await made();
});

async function made(by = owner): Promise<string> {
  count += 1;
  const answer = await by.ask("POST", `${auth}/organizations`, { name: `Trading ${count}` });
  assert.equal(answer.status, 201, answer.body);
  return answer.json<{ id: string }>().id;
}

async function invite(id: string, email: string, role = "member", by = owner) {
  return by.ask("POST", `${auth}/organizations/${id}/invitations`, { email, role });
}

async function join(id: string, browser: Visitor, email: string, role = "member"): Promise<void> {
  const invitation = (await invite(id, email, role)).json<{ id: string }>().id;
  const joined = await browser.ask("POST", `${auth}/invitations/${invitation}/accept`);
  assert.equal(joined.status, 200, joined.body);
}

async function membersOf(id: string, by = owner): Promise<Member[]> {
  return (await by.ask("GET", `${auth}/organizations/${id}/members`)).json<{ data: Member[] }>().data;
}

async function memberId(id: string, email: string): Promise<string> {
  return (await membersOf(id)).find((member) => member.email === email)?.id ?? "";
}

describe("an organization", () => {
  test("is its maker's, who is its owner, once for each key", async () => {
    const key = { "idempotency-key": "once" };
    const first = await owner.ask("POST", `${auth}/organizations`, { name: " Acme " }, key);
    const again = await owner.ask("POST", `${auth}/organizations`, { name: " Acme " }, key);
    assert.equal(again.body, first.body);
    assert.equal(again.headers["idempotent-replayed"], "true");
    const listed = (await owner.ask("GET", `${auth}/organizations`)).json<{ data: { name: string; role: string }[] }>();
    assert.deepEqual(
      listed.data.filter(({ name }) => name === "Acme").map(({ role }) => role),
      ["owner"],
    );
  });

  test("is listed for its members alone, also to other modules", async () => {
    const [{ id: userId = "" } = {}] = await ask<{ id: string }>(
      site.db,
      "select id from identity.users where email = 'owner@example.com'",
    );
    const own = await organizationsOf(site.db, userId);
    assert.ok(own.some(({ organizationId, role }) => organizationId === organization && role === "owner"));
    assert.deepEqual(await organizationsOf(site.db, nobody), []);
  });

  test("is not there for those who do not belong to it", async () => {
    const asks = [
      ["GET", "members"],
      ["POST", "leave"],
      ["POST", "invitations", { email: "x@example.com", role: "member" }],
      ["PATCH", `members/${nobody}`, { role: "owner" }],
      ["DELETE", `members/${nobody}`],
    ] as const;
    for (const id of [organization, nobody, "nonsense"]) {
      for (const [method, path, body] of asks) {
        const answer = await guest.ask(method, `${auth}/organizations/${id}/${path}`, body);
        assert.deepEqual([answer.status, answer.code], [404, "identity.organization_not_found"], `${method} ${path}`);
        assert.equal((await visitor(site).ask(method, `${auth}/organizations/${id}/${path}`, body)).status, 401);
      }
    }
  });
});

describe("an invitation", () => {
  test("goes by letter, and makes a member of whoever has the address", async () => {
    const id = await made();
    const invited = await invite(id, "Guest@example.com", "admin");
    assert.equal(invited.status, 201, invited.body);
    const letter = (await site.letters("guest@example.com")).at(-1);
    assert.deepEqual([letter?.kind, letter?.inviter], ["account_invitation", "Olga"]);
    const invitation = letter?.path.split("#invitation=")[1] ?? "";
    assert.equal(invitation, invited.json<{ id: string }>().id);
    const joined = await guest.ask("POST", `${auth}/invitations/${invitation}/accept`);
    assert.equal(joined.json<{ role: string }>().role, "admin");
    const again = await guest.ask("POST", `${auth}/invitations/${invitation}/accept`);
    assert.deepEqual([again.status, again.code], [404, "identity.invitation_not_found"]);
    const twice = await invite(id, "guest@example.com");
    assert.deepEqual([twice.status, twice.code], [409, "identity.already_member"]);
  });

  test("is nobody else's to accept, and none that is made up", async () => {
    const id = await made();
    const invitation = (await invite(id, "guest@example.com")).json<{ id: string }>().id;
    const stranger = await givenSignedIn(site, "stranger@example.com");
    for (const named of [invitation, nobody, "nonsense"]) {
      const answer = await stranger.ask("POST", `${auth}/invitations/${named}/accept`);
      assert.deepEqual([answer.status, answer.code], [404, "identity.invitation_not_found"]);
    }
  });

  test("makes one member of two who accept it at once", async () => {
    const id = await made();
    const invitation = (await invite(id, "guest@example.com")).json<{ id: string }>().id;
    const answers = await Promise.all([1, 2].map(() => guest.ask("POST", `${auth}/invitations/${invitation}/accept`)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 404]);
    assert.equal((await membersOf(id)).length, 2);
  });

  test("is sent again while it is open", async () => {
    const id = await made();
    const first = (await invite(id, "again@example.com")).json<{ id: string }>().id;
    const second = (await invite(id, "again@example.com")).json<{ id: string }>().id;
    assert.equal(first, second);
    assert.equal((await site.letters("again@example.com")).length, 2);
  });

  for (const body of [
    { email: "x@example.com", role: "boss" },
    { email: "x@example.com", role: "owner,member" },
    { email: "nobody", role: "member" },
    { email: "x@example.com" },
  ]) {
    test(`refuses ${JSON.stringify(body)}`, async () => {
      assert.equal((await owner.ask("POST", `${auth}/organizations/${organization}/invitations`, body)).status, 422);
    });
  }
});

describe("members", () => {
  test("may do what their role allows, and no more", async () => {
    const id = await made();
    await join(id, guest, "guest@example.com");
    const own = await memberId(id, "owner@example.com");
    const path = `${auth}/organizations/${id}`;
    for (const answer of [
      await invite(id, "x@example.com", "member", guest),
      await guest.ask("PATCH", `${path}/members/${await memberId(id, "guest@example.com")}`, { role: "owner" }),
      await guest.ask("DELETE", `${path}/members/${own}`),
    ]) {
      assert.ok([403, 409].includes(answer.status), answer.body);
    }
    const raised = await owner.ask("PATCH", `${path}/members/${await memberId(id, "guest@example.com")}`, {
      role: "admin",
    });
    assert.equal(raised.status, 200, raised.body);
    assert.equal((await invite(id, "x@example.com", "member", guest)).status, 201);
    const beyond = await invite(id, "y@example.com", "owner", guest);
    assert.deepEqual([beyond.status, beyond.code], [403, "identity.organization_forbidden"]);
  });

  test("of another organization are not reached through one's own", async () => {
    const [id, other] = [await made(), await made(guest)];
    const foreign = (await membersOf(other, guest))[0]?.id ?? "";
    for (const answer of [
      await owner.ask("PATCH", `${auth}/organizations/${id}/members/${foreign}`, { role: "member" }),
      await owner.ask("PATCH", `${auth}/organizations/${id}/members/${nobody}`, { role: "member" }),
      await owner.ask("DELETE", `${auth}/organizations/${id}/members/${foreign}`),
      await owner.ask("DELETE", `${auth}/organizations/${id}/members/${nobody}`),
      await owner.ask("DELETE", `${auth}/organizations/${id}/members/nonsense`),
    ]) {
      assert.deepEqual([answer.status, answer.code], [404, "identity.member_not_found"]);
    }
    assert.equal((await membersOf(other, guest))[0]?.role, "owner");
  });

  test("are removed by those who may, and leave by themselves", async () => {
    const id = await made();
    await join(id, guest, "guest@example.com");
    const removed = await owner.ask(
      "DELETE",
      `${auth}/organizations/${id}/members/${await memberId(id, "guest@example.com")}`,
    );
    assert.deepEqual(
      removed.json<{ data: Member[] }>().data.map(({ email }) => email),
      ["owner@example.com"],
    );
    assert.equal((await guest.ask("GET", `${auth}/organizations/${id}/members`)).status, 404);
    await join(id, guest, "guest@example.com");
    assert.equal((await guest.ask("POST", `${auth}/organizations/${id}/leave`)).status, 200);
    assert.equal((await membersOf(id)).length, 1);
  });

  test("always have an owner among them, also when two owners lower each other at once", async () => {
    const alone = await owner.ask("POST", `${auth}/organizations/${organization}/leave`);
    assert.deepEqual([alone.status, alone.code], [409, "identity.organization_owner_needed"]);
    for (let round = 0; round < 3; round += 1) {
      const id = await made();
      await join(id, guest, "guest@example.com", "owner");
      const [first, second] = [await memberId(id, "owner@example.com"), await memberId(id, "guest@example.com")];
      const answers = await Promise.all([
        owner.ask("PATCH", `${auth}/organizations/${id}/members/${second}`, { role: "member" }),
        guest.ask("PATCH", `${auth}/organizations/${id}/members/${first}`, { role: "member" }),
      ]);
      assert.ok(answers.some(({ status }) => status === 200) && answers.every(({ status }) => status < 500));
      const roles = (
        await ask<{ role: string }>(site.db, "select role from identity.members where organization_id = $1", [id])
      ).map(({ role }) => role);
      assert.deepEqual(roles.sort(), ["member", "owner"]);
    }
  });
});
