import { followEvents } from "./follow-events.ts";
import { type Client, createClient, mergeHeaders } from "./generated/client/index.ts";
import { OrderwellApi } from "./generated/sdk.gen.ts";
import type { StreamEventsResponses } from "./generated/types.gen.ts";
import { OrderwellProblem } from "./orderwell-problem.ts";
import { type Patience, retryRequests, type Send } from "./retry-requests.ts";

export interface OrderwellOptions {
  /** Where Orderwell is, such as `https://orders.example.com`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** How often a request is sent again when it got lost or could not be done just then; 3 without it. */
  readonly retries?: number;
  /** How long one try may take; 60,000 without it, since a payment may take half of that. */
  readonly timeoutMs?: number;
  /** The longest wait between two tries; 30,000 without it. */
  readonly longestWaitMs?: number;
  /** In place of the global `fetch`. */
  readonly fetch?: Send;
}

/** Every operation of the API, under its operationId. */
export type Orderwell = OrderwellApi;

const usualRetries = 3;
const usualTimeoutMs = 60_000;
const usualLongestWaitMs = 30_000;

/**
 * The generated calls, but for the stream: the generated one ends with the first connection, keeps it open when nobody
 * reads on, and asks for ever with a key that is refused.
 */
class FollowingApi extends OrderwellApi {
  readonly #patience: Patience;

  constructor(client: Client, patience: Patience) {
    super({ client });
    this.#patience = patience;
  }

  override async streamEvents(options: Parameters<OrderwellApi["streamEvents"]>[0] = {}) {
    const signal = options.signal ?? new AbortController().signal;
    const open = async (lastId: string | undefined) => {
      const headers = mergeHeaders(options.headers, lastId === undefined ? {} : { "last-event-id": lastId });
      const whole = { parseAs: "stream", responseStyle: "fields", throwOnError: true } as const;
      const request = { ...whole, query: options.query ?? {}, headers, signal, url: "/api/v2/events/stream" };
      return (await this.client.get<StreamEventsResponses, unknown, true, "fields">(request)).response;
    };
    const { timeoutMs: quietMs, longestWaitMs } = this.#patience;
    return { stream: followEvents(await open(undefined), open, { quietMs, longestWaitMs, signal }) };
  }
}

/**
 * Opens a client. Calls answer the body and throw `OrderwellProblem` when they are refused; what the network does is
 * thrown as `fetch` does. Every write carries an `Idempotency-Key`: yours, or one made for this call.
 */
export function createOrderwell(options: OrderwellOptions): Orderwell {
  const send = options.fetch ?? ((request, init) => fetch(request, init));
  const patience = {
    retries: options.retries ?? usualRetries,
    timeoutMs: options.timeoutMs ?? usualTimeoutMs,
    longestWaitMs: options.longestWaitMs ?? usualLongestWaitMs,
  };
  const client = createClient({
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    headers: { Authorization: `Bearer ${options.apiKey}` },
    fetch: retryRequests(send, patience) as typeof fetch,
    responseStyle: "data",
    throwOnError: true,
  });
  client.interceptors.error.use((error, response) =>
    response?.ok === false ? new OrderwellProblem(response, error) : error,
  );
  return new FollowingApi(client, patience);
}
