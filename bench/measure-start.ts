import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./bars.ts";
import { residentMb, startServer } from "./start-server.ts";

const idleMs = 5_000;

/** P10: the program starts the embedded database itself, which is there and stopped. */
export async function measureStart({ dataDir, note }: Pick<Bench, "dataDir" | "note">): Promise<void> {
  const server = await startServer({ dataDir });
  await sleep(idleMs);
  const memoryMb = residentMb(server.pid);
  await server.stop();
  note({
    bar: "P10",
    what: "start to first healthy answer",
    figure: server.startMs / 1000,
    unit: "s",
    mustBe: "<= 2",
    reached: server.startMs <= 2000,
  });
  note({
    bar: "P10m",
    what: "idle memory of the server process",
    figure: memoryMb,
    unit: "MB",
    mustBe: "<= 160",
    reached: memoryMb <= 160,
  });
}
