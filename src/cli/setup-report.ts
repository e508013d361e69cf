import type { SetupFault, SetupReport, SetupStep } from "../catalog/index.ts";
import { exponentOf } from "../platform/money.ts";
import { grouped } from "./import-report.ts";
import { columnsText, harmless } from "./terminal.ts";

const shownFaults = 100; // Whoever has more mends these first.
const shownOthers = 20;
const shownUnchanged = 8;
const longestValue = 40;
const millionthsInPercent = 10_000;

/** What the members of things are called in the file. */
const memberNames: Readonly<Record<string, string>> = {
  sku: "sku",
  providerId: "provider",
  taxCode: "tax_code",
  unitAmountMinor: "amount",
  active: "active",
  sortOrder: "place",
  rateMillionths: "percentage",
  checkoutDescription: "checkout_description",
  statementDescriptor: "statement_descriptor",
  validUntil: "valid_until",
};

const outcomeWords: Readonly<Record<SetupStep["outcome"], string>> = {
  created: "created",
  changed: "changed",
  unchanged: "unchanged",
  deactivated: "not sold any more: the file does not have it",
  removed: "removed: the file does not have it",
  left: "left alone: the file does not have it",
};

/** What became of each thing, a product and what belongs to it together; of one where nothing differs, that. */
export function setupLines({ steps, remarks, others }: SetupReport, { dryRun }: { dryRun: boolean }): string[] {
  const groups = Map.groupBy(steps, ({ product }) => product ?? "tax_rates");
  return [
    ...[...groups].flatMap(([name, group]) => groupLines(name, group)),
    "",
    ...remarks,
    ...otherLines(others),
    sumLine(steps, dryRun),
  ].map(harmless);
}

function groupLines(name: string, steps: readonly SetupStep[]): string[] {
  const unchanged = steps.filter(({ outcome }) => outcome === "unchanged");
  if (unchanged.length === steps.length) return [`${name}  unchanged`];
  const rows = steps.filter(({ outcome }) => outcome !== "unchanged").map((step) => [`  ${titleOf(step)}`, told(step)]);
  const rest = listed(unchanged.map(titleOf), shownUnchanged);
  return [name, ...columnsText(rest === "" ? rows : [...rows, ["  unchanged", rest]])];
}

const kinds = { product: "product", price: "price", translation: "words", image: "picture", tax_rate: "rate" } as const;

/** Names in a row, as many as a line has room for. */
function listed(names: readonly string[], most: number): string {
  const left = names.length - most;
  return [...names.slice(0, most), ...(left > 0 ? [`and ${grouped(left)} more`] : [])].join("; ");
}

function titleOf({ what, name }: SetupStep): string {
  return name === "" ? kinds[what] : `${kinds[what]} ${name}`;
}

function told(step: SetupStep): string {
  const changes = Object.entries(step.changes).map(([member, [before, after]]) => {
    if (member === "active") return after === true ? "sold again" : "not sold any more";
    const to = valueText(step, member, after);
    return before === null ? to : `${memberNames[member] ?? member} ${valueText(step, member, before)} → ${to}`;
  });
  return [outcomeWords[step.outcome], ...(changes.length > 0 ? [changes.join(", ")] : [])].join("  ");
}

function valueText({ name }: SetupStep, member: string, value: unknown): string {
  if (member === "unitAmountMinor") return amountText(String(value), name.slice(0, "EUR".length));
  if (member === "rateMillionths") return `${Number(value) / millionthsInPercent} %`;
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > longestValue ? `${value.slice(0, longestValue).toWellFormed()}…` : value);
}

/** An amount as people read it: 1,800 yen, 12.50 dollars. */
function amountText(minor: string, currency: string): string {
  const exponent = exponentOf(currency) ?? 0;
  const digits = minor.padStart(exponent + 1, "0");
  const whole = BigInt(digits.slice(0, digits.length - exponent)).toLocaleString("en-US");
  return exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`;
}

function otherLines(others: readonly string[]): string[] {
  if (others.length === 0) return [];
  const more = others.length > shownOthers ? " and more" : "";
  return [`Left alone, since the file does not have them: ${others.slice(0, shownOthers).join(", ")}${more}.`];
}

function sumLine(steps: readonly SetupStep[], dryRun: boolean): string {
  const outcomes = ["created", "changed", "deactivated", "removed", "unchanged"] as const;
  const counts = outcomes.map((outcome) => [outcome, steps.filter((step) => step.outcome === outcome).length] as const);
  const shown = counts.filter(([, count]) => count > 0).map(([outcome, count]) => `${grouped(count)} ${outcome}`);
  const sum = shown.length > 0 ? shown.join(", ") : "the file describes nothing";
  return dryRun ? `Nothing was written; it would be: ${sum}.` : `Done: ${sum}.`;
}

/** Each mistake with its place, as editors find it. */
export function faultLines(file: string, faults: readonly SetupFault[]): string[] {
  const shown = faults.slice(0, shownFaults).map(({ line, column, pointer, detail }) => {
    const where = pointer === "" ? "" : `${pointer}: `;
    return harmless(`${file}:${line}:${column}: ${where}${detail}`);
  });
  const left = faults.length - shown.length;
  return left > 0 ? [...shown, `… and ${grouped(left)} more.`] : shown;
}

/** The report for programs. */
export function setupView({ steps, remarks, others }: SetupReport, { dryRun }: { dryRun: boolean }): object {
  return {
    dry_run: dryRun,
    steps: steps.map(({ what, product, name, outcome, changes }) => ({
      what,
      product,
      ...(name === "" ? {} : { name }),
      outcome,
      ...(Object.keys(changes).length === 0 ? {} : { changes: renamed(changes) }),
    })),
    remarks,
    other_products: others.slice(0, shownOthers),
  };
}

/** Amounts stay minor units, and rates millionths, as they are stored. */
function renamed(changes: SetupStep["changes"]): object {
  const entries = Object.entries(changes).map(([member, [from, to]]) => [
    member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    { from: numeral(member, from), to: numeral(member, to) },
  ]);
  return Object.fromEntries(entries);
}

/** An amount is text inside, since it is compared as such. */
function numeral(member: string, value: unknown): unknown {
  return member === "unitAmountMinor" && value !== null ? Number(value) : value;
}
