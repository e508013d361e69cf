import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./bars.ts";
import { drained, placeLoad } from "./place-load.ts";
import { type Server, startServer } from "./start-server.ts";

const ordersPerSecond = 1_000;
const warmingSeconds = 5;
const eventsPerOrder = 4; // Those that P1 leaves; the fifth comes with the mail.
const betweenPagesMs = 10; // How often a subscriber of the feed asks; what it adds is in the figure.
const longestPage = 1_000;
const mostMs = 100;

interface Told {
  readonly time: string;
}

/** How long after they happened a subscriber had the events. */
interface Subscriber {
  readonly delays: number[];
  leave(): Promise<void>;
}

/** Reads server-sent events as they come. */
async function subscribeToStream(server: Server): Promise<Subscriber> {
  const gone = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v2/events/stream`, {
    headers: { authorization: `Bearer ${server.apiKey}` },
    signal: gone.signal,
  });
  if (!answer.ok || !answer.body) throw new Error(`The stream answered ${answer.status}.`);
  const delays: number[] = [];
  const reading = readLines(answer.body, (line) => {
    if (line.startsWith("data: ")) delays.push(Date.now() - Date.parse((JSON.parse(line.slice(6)) as Told).time));
  }).catch(() => {}); // It is cut off when the subscriber leaves.
  return {
    delays,
    async leave() {
      gone.abort();
      await reading;
    },
  };
}

async function readLines(body: ReadableStream<Uint8Array>, heard: (line: string) => void): Promise<void> {
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) heard(line);
  }
}

/** Asks for the next page of the feed again and again. */
async function subscribeToFeed(server: Server): Promise<Subscriber> {
  const delays: number[] = [];
  let leaving = false;
  const ask = async (after: number) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/api/v2/events?after=${after}&limit=${longestPage}`, {
      headers: { authorization: `Bearer ${server.apiKey}` },
    });
    return (await answer.json()) as { data: Told[]; next_after: number };
  };
  let after = 0;
  for (let page = await ask(after); page.data.length > 0; page = await ask(after)) after = page.next_after;
  const reading = (async () => {
    while (!leaving) {
      const page = await ask(after);
      const now = Date.now();
      for (const { time } of page.data) delays.push(now - Date.parse(time));
      after = page.next_after;
      if (page.data.length < longestPage) await sleep(betweenPagesMs);
    }
  })();
  return {
    delays,
    async leave() {
      leaving = true;
      await reading;
    },
  };
}

/**
 * P11: an event's `time` is taken before its transaction begins, so what is measured is longer than from the commit on.
 * Jobs are done in the same process, as they are by default.
 */
export async function measureDelivery(bench: Bench): Promise<void> {
  const { url, dataDir, seconds, connections, note } = bench;
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "here" });
  await drained(url);
  await placeLoad(server, { connections, seconds: warmingSeconds, perSecond: ordersPerSecond });
  const ways = { "P11 stream": subscribeToStream, "P11 feed": subscribeToFeed };
  for (const [bar, subscribe] of Object.entries(ways)) {
    await drained(url);
    const subscriber = await subscribe(server);
    const { requests } = await placeLoad(server, { connections, seconds, perSecond: ordersPerSecond });
    await drained(url);
    await subscriber.leave();
    const delays = subscriber.delays.sort((left, right) => left - right);
    if (delays.length < requests * eventsPerOrder)
      throw new Error(`${delays.length} events of ${requests} orders came.`);
    const p99 = delays[Math.floor(delays.length * 0.99)] ?? 0;
    const what = `${ordersPerSecond} orders/s, ${delays.length} events to one subscriber: p99`;
    note({ bar, what, figure: p99, unit: "ms", mustBe: `<= ${mostMs}`, reached: p99 <= mostMs });
  }
  await server.stop();
}
