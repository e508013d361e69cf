import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { after } from "node:test";
import { backendMessages, frontendMessages, type Message } from "./postgres-messages.ts";

/** What a proxy does to a connection. */
export type ProxyMode =
  | { readonly kind: "pass" }
  /** Every piece, in both directions, is so much late. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The connection is reset once the server has sent so many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Nothing arrives any more, and nobody is told: as when a machine or a cable goes. */
  | { readonly kind: "silent" }
  /** New connections are reset at once, as where no server listens. */
  | { readonly kind: "refuse" };

export interface DatabaseProxy {
  /** The database's URL through the proxy. */
  readonly url: string;
  /** For the connections to come; those that are open keep theirs. */
  set(mode: ProxyMode): void;
  /** For the open connections that ran a statement whose name or text matches; all of them without it. Answers how many. */
  setOpen(mode: ProxyMode, ran?: RegExp): number;
  /**
   * The next transaction that ran a statement whose name or text matches is carried out; instead of its last answer the
   * client gets a reset. Resolves when that has happened, and fails when it never does. `withRows` waits for one that answers rows.
   */
  loseAnswer(of: RegExp, how?: { withRows: boolean }): Promise<void>;
  close(): Promise<void>;
}

const proxies = new Set<DatabaseProxy>();
after(() => Promise.all([...proxies].map((proxy) => proxy.close())));

/** Where the database of a URL listens. */
function targetOf(url: string): { path: string } | { host: string; port: number } {
  const { hostname, port, searchParams } = new URL(url);
  const folder = searchParams.get("host");
  if (folder?.startsWith("/")) return { path: `${folder}/.s.PGSQL.${port || 5432}` };
  return { host: folder ?? hostname, port: Number(port || 5432) };
}

function urlAt(url: string, port: number): string {
  const through = new URL(url);
  through.searchParams.delete("host");
  through.host = `127.0.0.1:${port}`;
  return through.href;
}

/** Notices and notifications belong to no statement. */
const unasked = new Set(["N", "A"]);

const dataRow = "D".charCodeAt(0);

interface Loss {
  readonly of: RegExp;
  readonly withRows: boolean;
  happened(): void;
}

/** One client's connection, and ours to the server on its behalf. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #losses: Set<Loss>;
  readonly #fromClient = frontendMessages((message) => this.#note(message));
  readonly #fromServer = backendMessages((message) => this.#answer(message));
  /** What the client ran since it was last told that its transaction is over, and ever. */
  #running: string[] = [];
  readonly ran = new Set<string>();
  /** Prepared statements are told by their names after the first time. */
  readonly #prepared = new Map<string, string>();
  #held: Buffer[] = [];
  /** The last statement failed, or rolled its transaction back. */
  #undone = false;
  #answered = 0;
  #mode: ProxyMode;

  constructor(client: Socket, target: ReturnType<typeof targetOf>, mode: ProxyMode, losses: Set<Loss>) {
    this.#client = client;
    this.#server = dial(target);
    this.#losses = losses;
    this.#mode = mode;
    client.on("data", (piece) => this.#pass(piece, (late) => this.#toServer(late)));
    this.#server.on("data", (piece) => this.#pass(piece, (late) => this.#fromServer(late)));
    for (const socket of [client, this.#server]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      // A half-open connection tells nobody of its end.
      socket.on("close", () => this.#mode.kind !== "silent" && this.end());
    }
  }

  become(mode: ProxyMode): void {
    this.#mode = mode;
    if (mode.kind === "refuse") this.end();
  }

  end(): void {
    if (!this.#client.destroyed) this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  #pass(piece: Buffer, on: (piece: Buffer) => void): void {
    if (this.#mode.kind === "silent") return;
    if (this.#mode.kind === "delay") setTimeout(on, this.#mode.ms, piece);
    else on(piece);
  }

  #toServer(piece: Buffer): void {
    this.#fromClient(piece);
    if (!this.#server.destroyed) this.#server.write(piece);
  }

  #note({ statement, type }: Message): void {
    if (statement === undefined) return;
    const [name = ""] = statement.split(" ", 1);
    if (type === "P") this.#prepared.set(name, statement);
    const text = type === "B" ? (this.#prepared.get(name) ?? statement) : statement;
    this.#running.push(text);
    this.ran.add(text);
  }

  /** Hands an answer on, unless it is the end of a transaction whose end should be lost. */
  #answer(message: Message): void {
    const { bytes, type, tag, transactionOver } = message;
    if (tag !== undefined || type === "E") this.#undone = type === "E" || tag === "ROLLBACK";
    const loss = this.#lossNow();
    if (!loss || unasked.has(type)) this.#send(bytes);
    else this.#hold(message, loss);
    if (transactionOver) this.#running = [];
  }

  #lossNow(): Loss | undefined {
    return [...this.#losses].find(({ of }) => this.#running.some((statement) => of.test(statement)));
  }

  /** Keeps the answers of one statement together: if they end the transaction, none of them is told. */
  #hold({ bytes, type, transactionOver }: Message, loss: Loss): void {
    this.#held.push(bytes);
    if (type !== "Z") return;
    const rows = this.#held.some((held) => held[0] === dataRow);
    if (transactionOver && !this.#undone && (rows || !loss.withRows)) {
      this.#losses.delete(loss);
      this.end();
      loss.happened();
    } else this.#send(Buffer.concat(this.#held.splice(0)));
  }

  #send(bytes: Buffer): void {
    this.#answered += bytes.length;
    if (!this.#client.destroyed) this.#client.write(bytes);
    if (this.#mode.kind === "cut" && this.#answered >= this.#mode.afterBytes) this.end();
  }
}

const patienceMs = 20_000; // Far beyond what any loss takes on a busy machine; only a failing test waits so long.

/** Resolves when it is called back, and fails after so long. */
function within(ms: number, what: string, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`It never came true that ${what}.`)), ms);
    start(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

/** Listens on a port of its own and stands between clients and the database of the URL. Closed after the file. */
export async function openProxy(url: string): Promise<DatabaseProxy> {
  const target = targetOf(url);
  const links = new Set<Link>();
  const losses = new Set<Loss>();
  let mode: ProxyMode = { kind: "pass" };
  const server = createServer((client) => {
    if (mode.kind === "refuse") return client.resetAndDestroy();
    const link = new Link(client, target, mode, losses);
    links.add(link);
    client.once("close", () => links.delete(link));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: DatabaseProxy = {
    url: urlAt(url, port),
    set(next) {
      mode = next;
    },
    setOpen(next, ran) {
      const chosen = [...links].filter((link) => !ran || [...link.ran].some((statement) => ran.test(statement)));
      for (const link of chosen) link.become(next);
      return chosen.length;
    },
    loseAnswer: (of, { withRows } = { withRows: false }) =>
      within(patienceMs, `an answer of ${of} is lost`, (happened) => losses.add({ of, withRows, happened })),
    async close() {
      proxies.delete(proxy);
      for (const link of links) link.end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  proxies.add(proxy);
  return proxy;
}
