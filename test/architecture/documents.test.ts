import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rules } from "../../scripts/cruise.ts";
import { commands } from "../../src/cli/commands.ts";
import { parseFlags } from "../../src/platform/config.ts";
import {
  architecture,
  brokenLinks,
  ladderDifferences,
  lockedAddresses,
  loosePins,
  lostPages,
  pagesForUsers,
  readme,
  shownCommands,
  unexplainedDependencies,
} from "./check-documents.ts";
import { readRepository } from "./read-repository.ts";

const files = await readRepository();
/** What is wrong with a call of the program; undefined when nothing is. */
async function wrongCommand(words: readonly string[]): Promise<string | undefined> {
  const listed = commands.find(({ name }) => words.slice(0, name.split(" ").length).join(" ") === name);
  if (!listed) return `There is no command ${words.join(" ")}.`;
  const { flags, positionals } = await listed.load();
  try {
    const given = parseFlags(words.slice(listed.name.split(" ").length), flags).positionals;
    return given.length === positionals.length ? undefined : `It takes ${positionals.length} words.`;
  } catch (error) {
    return (error as Error).message;
  }
}

const page = (path: string, text: string) => [{ path, text }];

describe("README.md", () => {
  test("is short and has the two commands", () => assert.deepEqual(readme(files), []));

  test("a long one, or one without a command, is caught", () => {
    assert.deepEqual(readme(page("README.md", "npm start, npm test")), []);
    assert.equal(readme(page("README.md", "npm start")).length, 1);
    assert.equal(readme(page("README.md", `npm start, npm test${"\nline".repeat(120)}`)).length, 1);
  });
});

describe("ARCHITECTURE.md", () => {
  test("is short and names only files that are there", () => assert.deepEqual(architecture(files), []));

  test("a file that is not there is caught, and so is a long page", () => {
    const there = page("src/orders/order.ts", "");
    assert.deepEqual(
      architecture([...page("ARCHITECTURE.md", "`src/orders/` `order.ts` `src/*/ord*.ts`"), ...there]),
      [],
    );
    assert.equal(architecture([...page("ARCHITECTURE.md", "`src/orders/lost.ts`"), ...there]).length, 1);
    assert.equal(architecture([...page("ARCHITECTURE.md", "`lost.ts`"), ...there]).length, 1);
    assert.equal(architecture(page("ARCHITECTURE.md", "line\n".repeat(251))).length, 1);
  });

  test("prints the ladder of the rules, and the folders of src stand on it", () => {
    assert.deepEqual(ladderDifferences(rules.ladder, files), []);
  });

  test("a ladder that differs from paper or disk is caught", () => {
    const paper = page("ARCHITECTURE.md", "| 0 | `platform` | … |\n");
    const disk = page("src/platform/db.ts", "");
    assert.deepEqual(ladderDifferences([["platform"]], [...paper, ...disk]), []);
    assert.equal(ladderDifferences([["platform"]], paper).length, 1);
    assert.equal(ladderDifferences([["platform"]], disk).length, 1);
    assert.equal(ladderDifferences([["platform"]], [...paper, ...disk, ...page("src/orders/order.ts", "")]).length, 1);
  });
});

describe("links", () => {
  test("lead somewhere", () => assert.deepEqual(brokenLinks(files), []));

  test("one that does not is caught", () => {
    const target = page("docs/config.md", "");
    assert.deepEqual(
      brokenLinks([...page("docs/a.md", "[x](config.md#port) [y](https://example.com)"), ...target]),
      [],
    );
    assert.equal(brokenLinks([...page("README.md", "[x](config.md)"), ...target]).length, 1);
  });
});

describe("pages", () => {
  const pages = pagesForUsers(files);

  test("are all found from an entrance", () => assert.deepEqual(lostPages(files), []));

  test("one that no entrance links is caught", () => {
    assert.deepEqual(lostPages([...page("README.md", "[x](docs/config.md)"), ...page("docs/config.md", "")]), []);
    assert.equal(lostPages([...page("README.md", "docs/config.md"), ...page("docs/config.md", "")]).length, 1);
  });

  test("show commands that there are, with flags and words that they take", async () => {
    const shown = pages.flatMap((one) => shownCommands(one).map((words) => ({ path: one.path, words })));
    assert.ok(shown.length > 10, `${shown.length} commands`);
    for (const { path, words } of shown)
      assert.equal(await wrongCommand(words), undefined, `${path}: ${words.join(" ")}`);
  });

  test("a command, a flag and a word that there are not are caught", async () => {
    const [first = [], ...others] = shownCommands({
      path: "a.md",
      text: "```sh\nnpx orderwell verify --drained # so\n```",
    });
    assert.deepEqual([first, others], [["verify", "--drained"], []]);
    assert.equal(await wrongCommand(first), undefined);
    assert.match((await wrongCommand(["fly"])) ?? "", /no command/);
    assert.match((await wrongCommand(["verify", "--fly"])) ?? "", /--fly/);
    assert.match((await wrongCommand(["verify", "now"])) ?? "", /words/);
  });
});

describe("packages", () => {
  test("are locked by hash, without an address", () => assert.deepEqual(lockedAddresses(files), []));

  test("an address is caught", () => {
    assert.deepEqual(lockedAddresses(page("package-lock.json", `{"integrity": "sha512-x"}`)), []);
    assert.equal(lockedAddresses(page("package-lock.json", `{"integrity": "x", "resolved": "file:x"}`)).length, 1);
    assert.equal(lockedAddresses(page("package-lock.json", "{}")).length, 1);
  });

  test("are pinned exactly and explained", () => {
    assert.deepEqual([...loosePins(files), ...unexplainedDependencies(files)], []);
  });

  test("a range and an unexplained package are caught", () => {
    const manifest = (version: string) => page("package.json", JSON.stringify({ dependencies: { pg: version } }));
    const record = page("docs/adr/0011-dependencies.md", "| `pg` | … |");
    assert.deepEqual(
      [...loosePins(manifest("8.23.1")), ...unexplainedDependencies([...manifest("8.23.1"), ...record])],
      [],
    );
    assert.equal(loosePins(manifest("^8.23.1")).length, 1);
    assert.equal(unexplainedDependencies(manifest("8.23.1")).length, 1);
  });
});
