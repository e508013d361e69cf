import { collectDefaultMetrics, type Metric as PackageMetric, Registry } from "prom-client";
import type { Tally, TallyBook } from "./tally.ts";

/** A number as it stands now, with the values of its labels. */
export interface Reading {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Something that can be watched. It is read when somebody asks, and costs nothing until then. */
export type Metric =
  | {
      readonly name: string;
      readonly help: string;
      readonly type: "gauge" | "counter";
      read(): readonly Reading[] | Promise<readonly Reading[]>;
    }
  | { readonly name: string; readonly help: string; readonly type: "histogram"; readonly book: TallyBook };

type Labels = Readonly<Record<string, string>>;
type ReadNow = () => readonly Reading[] | Promise<readonly Reading[]>;

/** Ours begin alike, so that they are found together among those of other programs. */
const prefix = "orderwell_";

export function gauge(name: string, help: string, read: ReadNow): Metric {
  return { name: prefix + name, help, type: "gauge", read };
}

export function counter(name: string, help: string, read: ReadNow): Metric {
  return { name: prefix + name, help, type: "counter", read };
}

export function histogram(name: string, help: string, book: TallyBook): Metric {
  return { name: prefix + name, help, type: "histogram", book };
}

/** A single number, as a metric is read. */
export function one(value: number, labels: Labels = {}): Reading[] {
  return [{ labels, value }];
}

export interface Metrics {
  readonly contentType: string;
  /** Everything in the text format of Prometheus. */
  text(): Promise<string>;
  names(): string[];
}

/** Opens a registry of its own with these metrics and what Node tells of a process. */
export function openMetrics(metrics: readonly Metric[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const metric of metrics) registry.registerMetric(exposed(metric));
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    names: () => registry.getMetricsAsArray().map(({ name }) => name),
  };
}

/** What the package asks of a metric: to be found by name, and to tell its values. */
function exposed(metric: Metric): PackageMetric {
  const { name, help, type } = metric;
  const get = async () => ({
    name,
    help,
    type,
    values: metric.type === "histogram" ? bookValues(metric.name, metric.book) : await metric.read(),
  });
  return { name, help, type, get, reset() {} } as unknown as PackageMetric;
}

interface SampleValue {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function bookValues(name: string, book: TallyBook): SampleValue[] {
  return book.list().flatMap(({ labels, tally }) => tallyValues(name, labels, tally));
}

function tallyValues(name: string, labels: Readonly<Record<string, string>>, tally: Tally): SampleValue[] {
  let below = 0;
  const buckets = tally.counts.map((count, place) => {
    below += count;
    const le = place < tally.bounds.length ? String(tally.bounds[place]) : "+Inf";
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: tally.sum },
    { metricName: `${name}_count`, labels, value: tally.count },
  ];
}
