import { harnessInvariants } from "./read-invariants.ts";
import type { InvariantResult } from "./verify-database.ts";

const violationsPrinted = 5; // The first few say what is wrong; --json has more.

/** The results as JSON has them. */
export function verificationView(results: readonly InvariantResult[], drained: boolean) {
  return {
    drained,
    clean: results.every(({ found }) => found === 0),
    invariants: results.map(({ violations, ...result }) => ({
      ...result,
      violations: violations.map((violation) =>
        Object.fromEntries(Object.entries(violation).map(([name, value]) => [snakeCase(name), value])),
      ),
    })),
    only_in_tests: harnessInvariants,
  };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The results as people read them. */
export function verificationLines(results: readonly InvariantResult[], drained: boolean): string[] {
  const broken = results.filter(({ found }) => found > 0).length;
  const lines = results.flatMap((result) => [headLine(result), ...violationLines(result)]);
  lines.push("");
  for (const { id, title, why } of harnessInvariants) lines.push(`- ${id}  ${title}: only tests check it, it ${why}.`);
  if (!drained) lines.push("- What holds only when nothing is under way was not checked: --drained does.");
  lines.push(
    "",
    broken === 0 ? `${results.length} of ${results.length} hold.` : `${broken} of ${results.length} are broken.`,
  );
  return lines;
}

function headLine({ id, title, found, milliseconds }: InvariantResult): string {
  const mark = found === 0 ? "✓" : "✗";
  const count = found === 0 ? "" : `: ${found} ${found === 1 ? "violation" : "violations"}`;
  return `${mark} ${id}  ${title}${count} (${milliseconds} ms)`;
}

function violationLines({ found, violations }: InvariantResult): string[] {
  const printed = violations.slice(0, violationsPrinted).map(({ what }) => `         ${what}`);
  const more = found - printed.length;
  return more > 0 ? [...printed, `         … and ${more} more`] : printed;
}
