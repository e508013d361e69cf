import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { testDatabase } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { insist, type Node, ordersPath, orderWish } from "../support/insist.ts";
import { givenFolder, sendTo } from "../support/serve.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = 256; // Enough for what the program itself opens, too few for its clients.
const sockets = 400;

const programs = new Set<ChildProcess>();
const open = new Set<Socket>();
after(() => {
  for (const child of programs) child.kill("SIGKILL");
  for (const socket of open) socket.destroy();
});

interface Program extends Node {
  readonly child: ChildProcess;
  readonly address: string;
  readonly ended: Promise<unknown[]>;
}

/** The program itself, as an operator starts it: what it prints says where it serves and by which key. */
async function startProgram(url: string, before: readonly string[] = []): Promise<Program> {
  const args = [
    "serve",
    "--port",
    "0",
    "--database-url",
    url,
    "--data-dir",
    await givenFolder(),
    "--log-level",
    "info",
  ];
  const [command = "", ...rest] = [...before, process.execPath, "src/main.ts", ...args];
  const env = { PATH: process.env.PATH ?? "", LEASE_SECONDS: "1", FAILPOINTS: "after-charge:delay=300" };
  const child = spawn(command, rest, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  programs.add(child);
  const told: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", (line) => told.push(line));
  const find = (pattern: RegExp) => pattern.exec(told.join("\n"))?.[1] ?? "";
  await eventually("it serves", () => find(/#key=(\S+)/) !== "");
  const ready = { address: find(/serves on (\S+)/), apiKey: find(/#key=(\S+)/) };
  return {
    child,
    address: ready.address,
    ended: once(child, "exit"),
    send: (method, path, asking = {}) => sendTo(ready, method, path, asking),
  };
}

describe("a process that cannot have what it wants (N06)", { concurrency: 2 }, () => {
  test("serves on when nobody reads its log any more, and ends in order", async () => {
    const { db, url } = await testDatabase();
    const program = await startProgram(url);
    program.child.stdout?.destroy();
    program.child.stderr?.destroy();
    const keys = ["one", "two", "three"];
    for (const key of keys) await insist(orderWish(key), () => program);
    assert.equal((await program.send("GET", "/health/ready")).status, 200);
    const { key, body } = orderWish("last");
    const last = program.send("POST", ordersPath, { key, body });
    await eventually("the last one is committed", async () => (await readBooks(db)).length > keys.length);
    program.child.kill("SIGTERM");
    assert.equal((await last).status, 201);
    assert.deepEqual(await program.ended, [0, null]);
  });

  test("refuses connections beyond its files, and serves again when some are closed", async (t) => {
    const limit = ["prlimit", `--nofile=${files}`];
    try {
      execFileSync("prlimit", ["--version"], { stdio: "ignore" });
    } catch {
      return t.skip("There is no prlimit here.");
    }
    const { db, url } = await testDatabase();
    const program = await startProgram(url, limit);
    await insist(orderWish("before"), () => program);
    const { hostname, port } = new URL(program.address);
    for (let count = 0; count < sockets; count += 1) {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {});
      open.add(socket);
    }
    // Whoever comes now is turned away or waits; nobody is answered half.
    const late = orderWish("late");
    const asked = program.send("POST", ordersPath, { key: late.key, body: late.body }).catch(() => undefined);
    await eventually("no file is left", () => {
      const [, used] =
        /(\d+)\n/.exec(execFileSync("sh", ["-c", `ls /proc/${program.child.pid}/fd | wc -l`], { encoding: "utf8" })) ??
        [];
      return Number(used) >= files - 1;
    });
    for (const socket of open) socket.destroy();
    const answer = await asked;
    assert.ok(answer === undefined || answer.status === 201 || answer.status === 503, answer?.text);
    await insist(late, () => program);
    await untilDrained(db);
    for (const one of await readBooks(db)) assertPaidOnce(one);
    await assertVerified(url);
    program.child.kill("SIGTERM");
    assert.deepEqual(await program.ended, [0, null]);
  });
});
