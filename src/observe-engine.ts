import { type Apart, listenApart } from "./http/listen-apart.ts";
import type { Readiness } from "./http/serve-health.ts";
import type { Config } from "./platform/config.ts";
import type { Log } from "./platform/log.ts";
import type { Metrics } from "./platform/metrics.ts";

/** Something that was opened for operators and is closed with the process. */
export interface Observation {
  close(): Promise<void>;
}

const nothing: Observation = { close: () => Promise.resolve() };

/** Has this process traced when an endpoint is configured; otherwise not even the packages are loaded. */
export async function openTraces(config: Config, log: Log, version: string): Promise<Observation> {
  if (config.tracesEndpoint === "") return nothing;
  const { startTracing } = await import("./platform/start-tracing.ts");
  const tracing = startTracing({
    endpoint: config.tracesEndpoint,
    name: config.tracesName,
    version,
    percentKept: config.tracesPercent,
    log,
  });
  return { close: () => tracing.stop() };
}

/** Opens the port of operators when one is configured. Rejects when it is taken. */
export async function openOperatorsPort(
  config: Config,
  shown: { metrics: Metrics; ready: () => Promise<Readiness> },
): Promise<Observation> {
  if (config.metricsPort === 0) return nothing;
  const apart: Apart = await listenApart({ host: config.metricsHost, port: config.metricsPort, ...shown });
  return { close: () => apart.close() };
}
