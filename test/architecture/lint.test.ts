import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { type BadExample, badExamples } from "./bad-examples.ts";
import { root } from "./read-repository.ts";

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

/** Runs the linter with the project's own settings on a copy, where the examples are not left out. */
async function lintBadExamples(examples: string): Promise<Diagnostic[]> {
  const folder = await mkdtemp(join(tmpdir(), "orderwell-lint-"));
  try {
    await cp(examples, folder, { recursive: true });
    await cp(join(root, "biome.json"), join(folder, "biome.json"));
    await cp(join(root, "scripts/no-clock.grit"), join(folder, "scripts/no-clock.grit"), { recursive: true });
    const args = ["check", "--reporter=json", "--max-diagnostics=none", "."];
    const said = await new Promise<string>((resolve) => {
      execFile(join(root, "node_modules/.bin/biome"), args, { cwd: folder }, (_, stdout) => resolve(stdout));
    });
    return JSON.parse(said).diagnostics;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `lint/style/noProcessEnv` is known by its last word; a plugin and the formatter by their own. */
function ruleOf({ category }: Diagnostic): string {
  return category.split("/").at(-1) ?? "";
}

describe("bad code", () => {
  const folder = join(root, "test/architecture/bad/lint");
  let found: readonly Diagnostic[] = [];
  let examples: readonly BadExample[] = [];

  before(async () => {
    found = await lintBadExamples(folder);
    examples = await badExamples(folder);
  });

  test("each is caught by its rule", () => {
    const missed = examples
      .filter(({ rule }) => rule !== undefined)
      .filter(({ path, rule }) => !found.some((one) => one.location.path === path && ruleOf(one) === rule));
    assert.deepEqual(missed, []);
  });

  test("what is right is not caught", () => {
    const innocent = new Set(examples.filter(({ rule }) => rule === undefined).map(({ path }) => path));
    assert.deepEqual(
      found.filter(({ location }) => innocent.has(location.path)),
      [],
    );
  });

  test("every rule that biome.json names has one", async () => {
    const { linter } = JSON.parse(await readFile(join(root, "biome.json"), "utf8"));
    const { preset, ...groups } = linter.rules;
    const named = Object.values(groups).flatMap((group) => Object.keys(group as object));
    const covered = new Set(examples.map(({ rule }) => rule));
    assert.equal(preset, "recommended");
    assert.deepEqual(
      [...named, "plugin", "format"].filter((rule) => !covered.has(rule)),
      [],
    );
  });
});
