import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";
import readTypeScriptSettings from "dependency-cruiser/config-utl/extract-ts-config";

interface Rules {
  readonly forbidden: (IForbiddenRuleType & { name: string; comment: string })[];
  readonly options: ICruiseOptions & { tsConfig: { fileName: string } };
  readonly ladder: readonly (readonly string[])[];
}

/** An import that breaks a rule. */
export interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: string;
}

/** The rules of .dependency-cruiser.cjs and its ladder. */
export const rules: Rules = createRequire(import.meta.url)("../.dependency-cruiser.cjs");

const root = fileURLToPath(new URL("..", import.meta.url));

async function countSources(baseDir: string): Promise<number> {
  const entries = await readdir(join(baseDir, "src"), { recursive: true });
  return entries.filter((entry) => entry.endsWith(".ts")).length;
}

/**
 * Reads every import under `src` of a folder and answers what breaks the rules.
 * Throws when not every file was read: with a TypeScript that it does not understand, dependency-cruiser reads none and
 * finds nothing wrong.
 */
export async function cruiseSources(baseDir = root): Promise<{ modules: number; violations: Violation[] }> {
  const { tsConfig, ...options } = rules.options;
  const { output } = await cruise(
    ["src"],
    { ...options, baseDir, validate: true, ruleSet: { forbidden: rules.forbidden } },
    undefined,
    { tsConfig: readTypeScriptSettings(tsConfig.fileName) },
  );
  const { modules, summary } = output as ICruiseResult;
  const read = modules.filter(({ source, couldNotResolve }) => /^src\/.*\.ts$/.test(source) && !couldNotResolve).length;
  const present = await countSources(baseDir);
  if (read !== present || read === 0)
    throw new Error(`dependency-cruiser read ${read} of the ${present} files of src.`);
  return { modules: read, violations: summary.violations.map(({ from, to, rule }) => ({ from, to, rule: rule.name })) };
}

if (import.meta.main) {
  const { modules, violations } = await cruiseSources();
  for (const { from, to, rule } of violations) {
    const comment = rules.forbidden.find(({ name }) => name === rule)?.comment;
    console.error(`${from} -> ${to}\n  ${rule}: ${comment}`);
  }
  console.log(`${modules} modules read, ${violations.length} imports that may not be.`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
