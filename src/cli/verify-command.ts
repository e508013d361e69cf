import { assertDatabaseIsThere } from "../platform/open-database.ts";
import { type Call, type Command, databaseSettings, exitCodes, WrongCall } from "./command.ts";
import { explainFailure } from "./explain-failure.ts";
import { harnessInvariants, readInvariants } from "./read-invariants.ts";
import { complain, jsonText, say } from "./terminal.ts";
import { verificationLines, verificationView } from "./verification-view.ts";
import { verifyDatabase } from "./verify-database.ts";
import { withDatabaseUrl } from "./with-database.ts";

/** The ids after --only; asking for a drained one asks for drained ones. */
async function wantedIds(given: string): Promise<{ only: string[]; drained: boolean }> {
  const invariants = await readInvariants();
  const only = given.split(",").map((id) => id.trim().toUpperCase());
  for (const id of only) {
    const harness = harnessInvariants.find((invariant) => invariant.id === id);
    if (harness) throw new WrongCall(`${id} can be checked by tests alone: it ${harness.why}.`);
    if (!invariants.some((invariant) => invariant.id === id)) {
      throw new WrongCall(`There is no invariant ${id}; there are ${invariants.map((one) => one.id).join(", ")}.`);
    }
  }
  return { only, drained: invariants.some(({ id, when }) => only.includes(id) && when === "drained") };
}

async function verify({ config, flags }: Call): Promise<number> {
  const wanted = typeof flags.only === "string" ? await wantedIds(flags.only) : undefined;
  const drained = flags.drained === true || wanted?.drained === true;
  const options = wanted ? { drained, only: wanted.only } : { drained };
  try {
    await assertDatabaseIsThere(config);
    const results = await withDatabaseUrl(config, (url) => verifyDatabase(url, options));
    if (flags.json) say(jsonText(verificationView(results, drained)));
    else for (const line of verificationLines(results, drained)) say(line);
    return results.every(({ found }) => found === 0) ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    // Not 1: nobody may take a database that could not be asked for one where something is wrong, or the other way round.
    complain(explainFailure(error, config));
    return exitCodes.unusable;
  }
}

export const verifyCommand: Command = {
  flags: {
    drained: { type: "boolean", help: "Check what holds only when nothing is under way, too." },
    json: { type: "boolean", help: "Answer in JSON." },
    only: { type: "string", help: "Check these alone: their ids, joined by commas." },
  },
  positionals: [],
  settings: databaseSettings,
  run: verify,
};
