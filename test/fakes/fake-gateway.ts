import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface FakeGatewayOptions {
  /** Whether keys are honoured and told back; `ignored` charges again whenever it is asked. */
  readonly keys?: "honoured" | "ignored";
  /** Where webhooks go, with `{order_id}` in it, and the secret that signs them. */
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
}

/** One effect that the fake had, from the ledger that it keeps on disk. */
export interface LedgerEntry {
  readonly kind: "charge" | "refund" | "settled";
  readonly orderId: string;
  readonly key: string;
  readonly reference: string;
  readonly parent?: string;
  /** In major units, as it was sent. */
  readonly amount: string;
  readonly currency: string;
  readonly status: "succeeded" | "failed" | "pending";
  readonly failure?: string;
}

export type FaultKind =
  | "none" // Ends all faults.
  | "forget-keys" // Now, for all keys so far.
  | "effect-then-500" // Repeated for its key.
  | "effect-then-hang"
  | "effect-then-drop" // The connection ends without an answer.
  | "duplicate" // Two webhooks beside the answer.
  | "pending" // Until `settle`.
  | "wrong-amount" // Takes one more than it was asked for, and says so.
  | "delay" // By `delayMs`; any other fault may be delayed too.
  | "decline"
  | "refuse" // Insufficient funds.
  // The rest comes before any effect.
  | "hang"
  | "drop"
  | "error" // 500.
  | "reject" // 422.
  | "busy" // 429.
  | "nonsense";

export interface SaidFault {
  readonly kind: FaultKind;
  /** `charge` when it is left out. */
  readonly on?: "charge" | "refund" | "find";
  readonly orderId?: bigint;
  /** For so many calls; for ever when it is left out. Faults said later wait for earlier ones to be used up. */
  readonly times?: number;
  readonly delayMs?: number;
}

export interface FakeGateway {
  readonly url: string;
  /** What it did, whatever it answered. */
  ledger(): LedgerEntry[];
  say(fault: SaidFault): Promise<void>;
  /** Ends a pending payment and tells of it by webhook. */
  settle(reference: string, status?: "succeeded" | "failed"): Promise<void>;
  /** How many calls reached it, the ones to its controls left out. */
  calls(): Promise<number>;
  /** Kills it. Its port refuses connections until `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same ledger. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const program = new URL("./gateway-server.ts", import.meta.url).pathname;

/** Starts a payment service as a process of its own; it ends with this process at the latest. */
export async function startFakeGateway(options: FakeGatewayOptions = {}): Promise<FakeGateway> {
  const folder = mkdtempSync(join(tmpdir(), "orderwell-fake-gateway-"));
  const ledgerPath = join(folder, "ledger.jsonl");
  let child: ChildProcess | undefined;

  async function start(port: string): Promise<string> {
    const env = {
      PATH: process.env.PATH ?? "",
      LEDGER: ledgerPath,
      KEYS: options.keys ?? "honoured",
      WEBHOOK_URL: options.webhookUrl ?? "",
      WEBHOOK_SECRET: options.webhookSecret ?? "",
      PORT: port,
    };
    child = spawn(process.execPath, [program], { env, stdio: ["pipe", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line;
    throw new Error("The fake gateway did not start.");
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  const url = await start("0");

  async function control(path: string, body: object): Promise<unknown> {
    const text = JSON.stringify(body, (_key, value) => (typeof value === "bigint" ? value.toString() : value));
    const response = await fetch(`${url}/control/${path}`, { method: "POST", body: text });
    if (!response.ok) throw new Error(`The fake gateway answered ${response.status}.`);
    return response.json();
  }

  return {
    url,
    ledger: () => {
      const lines = readFileSync(ledgerPath, "utf8").split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as LedgerEntry);
    },
    async say(fault) {
      await control("faults", fault);
    },
    async settle(reference, status = "succeeded") {
      await control("settle", { reference, status });
    },
    calls: async () => ((await control("calls", {})) as { calls: number }).calls,
    kill,
    async restart() {
      await start(new URL(url).port);
    },
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
