import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What goes wrong with calls from now on. */
export type NotificationFault = "none" | "refuse" | "later" | "slow" | "drop_reply" | "unauthorized" | "crash";

export interface TakenEmail {
  readonly key: string;
  /** As it was sent: amounts are to be looked at as text. */
  readonly raw: string;
  readonly body: Record<string, unknown>;
}

/** A notification service: sends a mail once for each Idempotency-Key, also when its reply never arrived. */
export interface FakeNotificationServer {
  readonly url: string;
  readonly taken: readonly TakenEmail[];
  /** Every call, also those that changed nothing. */
  readonly calls: number;
  fault: NotificationFault;
  close(): Promise<void>;
}

const refusals: Partial<Record<NotificationFault, number>> = { refuse: 422, later: 503, unauthorized: 401, crash: 500 };

export async function startNotificationServer(): Promise<FakeNotificationServer> {
  const taken: TakenEmail[] = [];
  const fake = { fault: "none" as NotificationFault, calls: 0 };

  function end(response: ServerResponse, status: number): void {
    response.writeHead(status, { "content-type": "application/json" });
    response.end("{}");
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request);
    fake.calls += 1;
    if (request.method !== "POST" || request.url !== "/api/v1/notifications/email") return end(response, 404);
    const refusal = refusals[fake.fault];
    if (refusal !== undefined) return end(response, refusal);
    const key = String(request.headers["idempotency-key"]);
    if (!taken.some((email) => email.key === key)) taken.push({ key, raw, body: JSON.parse(raw) });
    if (fake.fault === "slow") return;
    if (fake.fault === "drop_reply") {
      request.socket.destroy();
      return;
    }
    end(response, 202);
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, {
    url: `http://127.0.0.1:${port}`,
    taken,
    close() {
      server.closeAllConnections();
      return new Promise<void>((closed) => server.close(() => closed()));
    },
  });
}
