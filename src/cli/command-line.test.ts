import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { forceOn, givenBooks } from "../../test/support/given-books.ts";
import { authenticateKey } from "../identity/index.ts";
import { environment } from "../platform/config.ts";
import { commands } from "./commands.ts";
import { harnessInvariants, readInvariants } from "./read-invariants.ts";

const program = fileURLToPath(new URL("../main.ts", import.meta.url));
const patienceMs = 60_000;
const nowhere = "postgres://nobody@127.0.0.1:1/nothing";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

function surroundings(settings: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = environment;
  const inherited = Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(inherited), ...settings };
}

/** Runs the program as a shell would and answers what came of it. */
async function orderwell(args: string[], settings: Record<string, string> = {}): Promise<Ended> {
  const env = surroundings({ DATABASE_URL: nowhere, ...settings });
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], {
      env,
      timeout: patienceMs,
    });
    return { code: 0, out: stdout, errors: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, errors: stderr };
  }
}

describe("orderwell", () => {
  test("shows what there is to call", async () => {
    const { code, out, errors } = await orderwell(["--help"]);
    assert.deepEqual({ code, errors }, { code: 0, errors: "" });
    for (const { name } of commands) assert.ok(out.includes(`  ${name} `), name);
  });

  test("shows its version", async () => {
    for (const args of [["--version"], ["verify", "--version"], ["keys", "--version"]]) {
      const { code, out } = await orderwell(args);
      assert.equal(code, 0);
      assert.match(out, /^orderwell \d+\.\d+\.\d+\n$/);
    }
  });

  for (const { name } of commands) {
    test(`shows what ${name} takes, with no database at hand`, async () => {
      const { code, out, errors } = await orderwell([...name.split(" "), "--help"]);
      assert.deepEqual({ code, errors }, { code: 0, errors: "" });
      assert.ok(out.startsWith(`Usage: orderwell ${name}`), out);
      assert.match(out, /--data-dir/);
    });
  }

  test("shows a command's own settings and no other's", async () => {
    const shown = async (name: string) => (await orderwell([name, "--help"])).out;
    assert.match(await shown("serve"), /--port/);
    for (const name of ["verify", "backup", "migrate"]) assert.doesNotMatch(await shown(name), /--port/, name);
  });

  for (const [title, args, sentence] of [
    ["no command", [], /Usage: orderwell <command>/],
    ["a command that is not there", ["fly"], /There is no command "fly"/],
    ["half a command", ["keys"], /keys create/],
    ["half a command and nonsense", ["keys", "fly"], /There is no command "keys fly"/],
    ["a flag that is not there", ["verify", "--fly"], /Unknown option '--fly'[\s\S]*orderwell verify --help/],
    ["a flag without its value", ["serve", "--port"], /--port/],
    ["a word too many", ["migrate", "now"], /"now" is one word too many/],
    ["a word too few", ["keys", "revoke"], /The prefix or id is missing/],
    ["a key without a name", ["keys", "create", "--scopes", "full"], /--name is missing/],
    ["an invariant that is not there", ["verify", "--only", "I99"], /There is no invariant I99; there are I01/],
    ["an invariant that only tests check", ["verify", "--only", "i30"], /I30 can be checked by tests alone/],
  ] as const) {
    test(`refuses ${title} with 2`, async () => {
      const { code, out, errors } = await orderwell([...args]);
      assert.deepEqual({ code, out }, { code: 2, out: "" });
      assert.match(errors, sentence);
    });
  }

  test("names every wrong setting, and refuses with 2", async () => {
    const { code, errors } = await orderwell(["serve", "--port", "many"], {
      LOG_LEVEL: "loud",
      DATABASE_URL: "file:x",
    });
    assert.equal(code, 2);
    assert.match(errors, /^DATABASE_URL is .*\n--port is "many"; .*\nLOG_LEVEL is "loud"; .*\n$/);
  });

  for (const [args, expected] of [
    [["serve"], 1],
    [["work"], 1],
    [["migrate"], 1],
    [["keys", "list"], 1],
    [["verify"], 2],
  ] as const) {
    test(`${args.join(" ")} says in one line that the database is away, with ${expected}`, async () => {
      const { code, out, errors } = await orderwell([...args]);
      assert.deepEqual({ code, out }, { code: expected, out: "" });
      assert.match(errors, /^The database cannot be reached: [^\n]*\n$/);
    });
  }
});

describe("orderwell keys", () => {
  test("makes a key that opens, lists it without its secret, and revokes it", async () => {
    const { db, url, close } = await testDatabase();
    const settings = { DATABASE_URL: url };
    const made = await orderwell(
      ["keys", "create", "--name", "shop", "--scopes", "orders:read, orders:write"],
      settings,
    );
    assert.deepEqual({ code: made.code, errors: made.errors }, { code: 0, errors: "" });
    const secret = /^ {2}(ow_\S+)$/m.exec(made.out)?.[1] ?? "";
    assert.ok(
      made.out.includes(`curl http://127.0.0.1:8080/api/v1/orders/ -H 'Authorization: Bearer ${secret}'`),
      made.out,
    );
    assert.deepEqual((await authenticateKey(db, secret))?.scopes, ["orders:read", "orders:write"]);

    const listed = await orderwell(["keys", "list"], settings);
    const prefix = secret.split("_")[1] ?? "";
    assert.match(listed.out, new RegExp(`^${prefix}  shop  orders:read,orders:write  \\S+Z  open$`, "m"));
    assert.ok(!listed.out.includes(secret.slice(prefix.length + 4)));

    const revoked = await orderwell(["keys", "revoke", `ow_${prefix}`], settings);
    assert.deepEqual({ code: revoked.code, errors: revoked.errors }, { code: 0, errors: "" });
    assert.equal(await authenticateKey(db, secret), undefined);
    await close();
  });

  test("answers in JSON", async () => {
    const { db, url, close } = await testDatabase();
    const settings = { DATABASE_URL: url };
    const made = await orderwell(["keys", "create", "--name", "feed", "--scopes", "events:read", "--json"], settings);
    const { key, prefix, ...rest } = JSON.parse(made.out);
    assert.deepEqual(await authenticateKey(db, key), { id: rest.key_id, name: "feed", scopes: ["events:read"] });
    const revoked = JSON.parse((await orderwell(["keys", "revoke", prefix, "--json"], settings)).out);
    const listed = JSON.parse((await orderwell(["keys", "list", "--json"], settings)).out);
    assert.deepEqual(listed, [revoked]);
    assert.ok(revoked.revoked_at);
    await close();
  });

  test("refuses a scope that is not there with 2, a key that is not there with 1", async () => {
    const { db, url, close } = await testDatabase();
    const settings = { DATABASE_URL: url };
    const wrong = await orderwell(["keys", "create", "--name", "shop", "--scopes", "orders:eat"], settings);
    assert.equal(wrong.code, 2);
    assert.match(wrong.errors, /"orders:eat" is not a scope; there are full, .*orders:read/);
    assert.deepEqual(await ask(db, "select from identity.api_keys"), []);
    const missing = await orderwell(["keys", "revoke", "0123456789"], settings);
    assert.deepEqual(missing, { code: 1, out: "", errors: "There is no API key 0123456789.\n" });
    await close();
  });
});

/** I32 is about the disk, which test clusters do without. */
const checked = (await readInvariants()).map(({ id }) => id).filter((id) => id !== "I32");

describe("orderwell verify", () => {
  test("says that all is well with 0, and what only tests check", async () => {
    const { db, url, close } = await testDatabase();
    await givenBooks(db);
    const { code, out } = await orderwell(["verify", "--only", checked.join(",")], { DATABASE_URL: url });
    assert.equal(code, 0, out);
    assert.match(out, new RegExp(`\n${checked.length} of ${checked.length} hold.\n$`));
    for (const { id } of harnessInvariants) assert.ok(out.includes(`- ${id}  `));
    await close();
  });

  test("names what is wrong with 1, for people and for programs", async () => {
    const { db, url, close } = await testDatabase();
    await givenBooks(db);
    await forceOn(url, "update orders.orders set captured_minor = captured_minor - 1 where order_id <= 3");
    const args = ["verify", "--drained", "--only", "I02,i04"];
    const people = await orderwell(args, { DATABASE_URL: url });
    assert.equal(people.code, 1);
    assert.match(
      people.out,
      /✓ I02 {2}[^\n]*\n✗ I04 {2}[^\n]*: \d violations \(\d+ ms\)\n {9}Order \d says captured 299, /,
    );

    const programs = await orderwell([...args, "--json"], { DATABASE_URL: url });
    assert.equal(programs.code, 1);
    const answer = JSON.parse(programs.out);
    assert.deepEqual(
      answer.invariants.map(({ id, found }: { id: string; found: number }) => ({ id, clean: found === 0 })),
      [
        { id: "I02", clean: true },
        { id: "I04", clean: false },
      ],
    );
    assert.deepEqual([answer.clean, answer.drained], [false, true]);
    const named = answer.invariants[1].violations.map((violation: { order_id: number }) => violation.order_id);
    assert.deepEqual(named.sort(), [1, 2, 3]);
    await close();
  });

  test("makes no database in a folder that has none, and says so with 2", async () => {
    const folder = join(tmpdir(), `orderwell-mistyped-${process.pid}`);
    for (const args of [["verify"], ["backup", join(folder, "copy")]]) {
      const { code, out, errors } = await orderwell([...args, "--data-dir", folder], { DATABASE_URL: "" });
      assert.deepEqual({ code, out }, { code: args[0] === "verify" ? 2 : 1, out: "" });
      assert.match(errors, /^There is no database in .*orderwell-mistyped-.*--data-dir.*\n$/);
    }
    await assert.rejects(stat(folder), { code: "ENOENT" });
  });

  test("refuses a database without our tables with 2", async () => {
    const { db, url, close } = await testDatabase();
    await ask(db, "drop schema orders cascade");
    const { code, out, errors } = await orderwell(["verify"], { DATABASE_URL: url });
    assert.deepEqual({ code, out }, { code: 2, out: "" });
    assert.match(errors, /^The database does not have this version's tables \(.*\): run orderwell migrate\.\n$/);
    await close();
  });
});

/** Starts the program and waits for a line that matches. */
async function started(args: string[], settings: Record<string, string>, line: RegExp) {
  const child = spawn(process.execPath, [program, ...args], { env: surroundings(settings), timeout: patienceMs });
  let text = "";
  const heard = new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      text += chunk.toString();
      if (line.test(text)) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", () => reject(new Error(`It ended: ${text}`)));
  });
  await heard;
  return { child, said: () => text };
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

describe("orderwell serve and work", () => {
  for (const [command, line, signal] of [
    ["serve", /curl \S+ -H 'Authorization: Bearer ow_[^\n]*\n/, "SIGTERM"],
    ["serve", /curl \S+ -H 'Authorization: Bearer ow_[^\n]*\n/, "SIGINT"],
    ["work", /Orderwell works/, "SIGTERM"],
  ] as const) {
    test(`${command} stops on ${signal} with 0, and a second one changes nothing`, async () => {
      const { url, close } = await testDatabase();
      const dataDir = await temporaryFolder();
      const { child, said } = await started(
        [command, "--port", "0", "--data-dir", dataDir],
        { DATABASE_URL: url },
        line,
      );
      child.kill(signal);
      child.kill(signal);
      assert.equal(await exitCode(child), 0, said());
      assert.match(said(), /Stopped\.\n$/);
      await close();
    });
  }

  test("serve names a taken port and the flag that chooses another, with 1", async () => {
    const { url, close } = await testDatabase();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const dataDir = await temporaryFolder();
    const { code, errors } = await orderwell(["serve", "--port", `${port}`, "--data-dir", dataDir], {
      DATABASE_URL: url,
    });
    assert.deepEqual(
      { code, errors },
      {
        code: 1,
        errors: `Port ${port} on 127.0.0.1 is taken: stop what listens there, or choose another with --port.\n`,
      },
    );
    taken.close();
    await close();
  });
});

describe("orderwell migrate", () => {
  test("says that there is nothing to do", async () => {
    const { url, close } = await testDatabase();
    const { code, out } = await orderwell(["migrate"], { DATABASE_URL: url });
    assert.deepEqual({ code, out }, { code: 0, out: "The database is at this version already.\n" });
    await close();
  });
});

/** A folder that goes after the file. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orderwell-cli-"));
  after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
