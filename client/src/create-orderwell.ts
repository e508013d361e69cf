import { followEvents } from "./follow-events.ts";
import { type Client, createClient, mergeHeaders } from "./generated/client/index.ts";
import { OrderwellApi } from "./generated/sdk.gen.ts";
import type { CreateImportResponses, Event, Import, ImportOptions, ImportProgress } from "./generated/types.gen.ts";
import { type Cookies, keepCookies } from "./keep-cookies.ts";
import { OrderwellProblem } from "./orderwell-problem.ts";
import { type Patience, retryRequests, retryUpload, type Send } from "./retry-requests.ts";

export interface OrderwellOptions {
  /** Where Orderwell is, such as `https://orders.example.com`. */
  readonly baseUrl: string;
  /** For the back office. A shop has none: shoppers are known by their cookies. */
  readonly apiKey?: string;
  /** Where a program keeps the cookies of one shopper. A browser keeps them itself. */
  readonly cookies?: Cookies;
  /** How often a request is sent again when it got lost or could not be done just then; 3 without it. */
  readonly retries?: number;
  /** How long one try may take; 60,000 without it, since a payment may take half of that. Files take their own time. */
  readonly timeoutMs?: number;
  /** The longest wait between two tries; 30,000 without it. */
  readonly longestWaitMs?: number;
  /** In place of the global `fetch`. */
  readonly fetch?: Send;
}

/** A file of orders to import, as `fs.openAsBlob` or an input of a page gives it. */
export interface ImportUpload {
  readonly body: {
    readonly file: Blob;
    /** What the file is called; a `File` knows that itself. */
    readonly name?: string;
    readonly options?: ImportOptions;
  };
  readonly query?: { readonly again?: boolean };
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly responseStyle?: "data" | "fields";
}

/** Every operation of the API, under its operationId, and `uploadImport`. */
export type Orderwell = FollowingApi;

const usualRetries = 3;
const usualTimeoutMs = 60_000;
const usualLongestWaitMs = 30_000;
const endOfImport = "end";

interface StreamAsked {
  readonly url: string;
  readonly path?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly headers?: Parameters<typeof mergeHeaders>[0];
  readonly signal?: AbortSignal | null;
  readonly lastType?: string;
}

/**
 * The generated calls, but for streams: a generated one ends with the first connection, keeps it open when nobody
 * reads on, and asks for ever with a key that is refused. Of the forms of `createImport` it has the one of JSON alone.
 */
class FollowingApi extends OrderwellApi {
  readonly #send: Send;
  readonly #patience: Patience;

  constructor(client: Client, send: Send, patience: Patience) {
    super({ client });
    this.#send = send;
    this.#patience = patience;
  }

  async #follow<Told>({ lastType, ...asked }: StreamAsked): Promise<{ stream: AsyncGenerator<Told> }> {
    const signal = asked.signal ?? new AbortController().signal;
    const open = async (lastId: string | undefined) => {
      const headers = mergeHeaders(asked.headers, lastId === undefined ? {} : { "last-event-id": lastId });
      const whole = { parseAs: "stream", responseStyle: "fields", throwOnError: true } as const;
      return (await this.client.get<unknown, unknown, true, "fields">({ ...whole, ...asked, headers, signal }))
        .response;
    };
    const { timeoutMs: quietMs, longestWaitMs } = this.#patience;
    const following = { quietMs, longestWaitMs, signal, ...(lastType === undefined ? {} : { lastType }) };
    return { stream: followEvents<Told>(await open(undefined), open, following) };
  }

  override streamEvents(options: Parameters<OrderwellApi["streamEvents"]>[0] = {}) {
    const { query = {}, headers, signal } = options;
    return this.#follow<Event>({ url: "/api/v2/events/stream", query, headers, signal: signal ?? null });
  }

  override streamImportProgress(options: Parameters<OrderwellApi["streamImportProgress"]>[0]) {
    const { path, headers, signal } = options;
    const url = "/api/v2/imports/{id}/events";
    return this.#follow<ImportProgress>({ url, path, headers, signal: signal ?? null, lastType: endOfImport });
  }

  /** Imports a file of orders: `createImport` as a form. */
  async uploadImport(upload: ImportUpload): Promise<Import> {
    const { body, query = {}, headers = {}, responseStyle = "data", ...rest } = upload;
    const { file, options = {}, name = "name" in file ? String(file.name) : "orders" } = body;
    const form = new FormData();
    form.append("options", JSON.stringify(options));
    form.append("file", file, name);
    const send = retryUpload(this.#send, this.#patience, form) as typeof fetch;
    const asked = { url: "/api/v2/imports", query, headers, ...rest, body: form, bodySerializer: null, fetch: send };
    return this.client.post<CreateImportResponses, unknown, true, "data">({
      ...asked,
      responseStyle: responseStyle as "data",
      throwOnError: true,
    });
  }
}

/**
 * Opens a client. Calls answer the body and throw `OrderwellProblem` when they are refused; what the network does is
 * thrown as `fetch` does. Every write carries an `Idempotency-Key`: yours, or one made for this call.
 */
export function createOrderwell(options: OrderwellOptions): Orderwell {
  const { apiKey, cookies } = options;
  const plain: Send = options.fetch ?? ((request, init) => fetch(request, init));
  const send = cookies ? keepCookies(plain, cookies) : plain;
  const patience = {
    retries: options.retries ?? usualRetries,
    timeoutMs: options.timeoutMs ?? usualTimeoutMs,
    longestWaitMs: options.longestWaitMs ?? usualLongestWaitMs,
  };
  const client = createClient({
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    headers: apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` },
    fetch: retryRequests(send, patience) as typeof fetch,
    responseStyle: "data",
    throwOnError: true,
  });
  client.interceptors.error.use((error, response) =>
    response?.ok === false ? new OrderwellProblem(response, error) : error,
  );
  return new FollowingApi(client, send, patience);
}
