import { type ApiKey, createApiKey, listApiKeys, revokeApiKey, scopes } from "../identity/index.ts";
import { systemClock } from "../platform/clock.ts";
import { Refusal } from "../platform/errors.ts";
import { type Call, type Command, databaseSettings, exitCodes, WrongCall } from "./command.ts";
import { curlFor } from "./first-order.ts";
import { addressOf } from "./server-address.ts";
import { columnsText, jsonText, say } from "./terminal.ts";
import { withDatabase } from "./with-database.ts";

const by = { actor: "cli", name: "operator command", requestId: null };
const json = { type: "boolean", help: "Answer in JSON." } as const;
const listLimit = 1000; // More than anybody reads; newest first, so that the ones cut off are the oldest.

/** Text of a flag that must be given. */
function needed({ flags }: Call, name: string, what: string): string {
  const given = flags[name];
  if (typeof given !== "string") throw new WrongCall(`--${name} is missing: ${what}.`);
  return given;
}

/** A wish that cannot be met is a wrong call; whoever types it sees the usage. */
async function refusedAsWrongCall<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw error instanceof Refusal && error.kind === "invalid" ? new WrongCall(error.message) : error;
  });
}

async function create(call: Call): Promise<number> {
  const name = needed(call, "name", "what the key is for, so that it can be told from others");
  const wanted = needed(call, "scopes", `what it may do: ${scopes.join(", ")}`)
    .split(",")
    .map((scope) => scope.trim());
  const created = await refusedAsWrongCall(
    withDatabase(call.config, (db) =>
      db.transaction((tx) => createApiKey(tx, { name, scopes: wanted, by }, systemClock.now())),
    ),
  );
  const { keyId, prefix, secret } = created;
  if (call.flags.json) say(jsonText({ key_id: keyId, prefix, name, scopes: wanted, key: secret }));
  else {
    say(`The key is shown this once:\n\n  ${secret}\n\nTry it:\n`);
    say(`  ${curlFor(addressOf(call.config), secret, wanted)}`);
  }
  return exitCodes.done;
}

function keyView({ keyId, prefix, name, scopes: allowed, createdAt, revokedAt }: ApiKey) {
  return { key_id: keyId, prefix, name, scopes: allowed, created_at: createdAt, revoked_at: revokedAt };
}

function keyRow(key: ApiKey): string[] {
  const state = key.revokedAt ? `revoked ${key.revokedAt.toISOString()}` : "open";
  return [key.prefix, key.name, key.scopes.join(","), key.createdAt.toISOString(), state];
}

async function list({ config, flags }: Call): Promise<number> {
  const keys = await withDatabase(config, (db) => listApiKeys(db, { limit: listLimit }));
  if (flags.json) say(jsonText(keys.map(keyView)));
  else if (keys.length === 0) say("There are no keys.");
  else
    for (const line of columnsText([["prefix", "name", "scopes", "created", "state"], ...keys.map(keyRow)])) say(line);
  return exitCodes.done;
}

async function revoke({ config, flags, positionals }: Call): Promise<number> {
  const key = (positionals[0] as string).replace(/^ow_/, "");
  const revoked = await withDatabase(config, (db) =>
    db.transaction((tx) => revokeApiKey(tx, { key, by }, systemClock.now())),
  );
  if (flags.json) say(jsonText(keyView(revoked)));
  else say(`The key ${revoked.prefix} (${revoked.name}) is revoked; servers refuse it within a second.`);
  return exitCodes.done;
}

export const createKeyCommand: Command = {
  flags: {
    name: { type: "string", help: "What the key is for." },
    scopes: { type: "string", help: `What it may do, joined by commas: ${scopes.join(", ")}.` },
    json,
  },
  positionals: [],
  run: create,
};
export const listKeysCommand: Command = {
  flags: { json },
  positionals: [],
  settings: databaseSettings,
  run: list,
};
export const revokeKeyCommand: Command = {
  flags: { json },
  positionals: ["prefix or id"],
  settings: databaseSettings,
  run: revoke,
};
