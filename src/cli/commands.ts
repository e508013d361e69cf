import type { Command } from "./command.ts";

/** A command before its code is loaded, so that help and small commands start at once. */
export interface ListedCommand {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

export const commands: readonly ListedCommand[] = [
  {
    name: "serve",
    summary: "Serve the API and run jobs.",
    load: async () => (await import("./serve-command.ts")).serveCommand,
  },
  {
    name: "work",
    summary: "Run jobs alone, beside processes that serve.",
    load: async () => (await import("./serve-command.ts")).workCommand,
  },
  {
    name: "migrate",
    summary: "Bring the database to this version's schema.",
    load: async () => (await import("./migrate-command.ts")).migrateCommand,
  },
  {
    name: "import",
    summary: "Take in a file of orders, and see it through.",
    load: async () => (await import("./import-command.ts")).importCommand,
  },
  {
    name: "setupproducts",
    summary: "Make the catalogue as a file describes it.",
    load: async () => (await import("./setupproducts-command.ts")).setupproductsCommand,
  },
  {
    name: "verify",
    summary: "Check that what is stored is whole: 0 it is, 1 it is not, 2 it could not be checked.",
    load: async () => (await import("./verify-command.ts")).verifyCommand,
  },
  {
    name: "backup",
    summary: "Copy the embedded database, while it works, to a folder that Orderwell can start on.",
    load: async () => (await import("./backup-command.ts")).backupCommand,
  },
  {
    name: "export",
    summary: "Write orders as CSV, one row for each item.",
    load: async () => (await import("./export-command.ts")).exportCommand,
  },
  {
    name: "keys create",
    summary: "Make an API key and show it, once.",
    load: async () => (await import("./keys-command.ts")).createKeyCommand,
  },
  {
    name: "keys list",
    summary: "List the API keys, without their secrets.",
    load: async () => (await import("./keys-command.ts")).listKeysCommand,
  },
  {
    name: "keys revoke",
    summary: "Revoke an API key.",
    load: async () => (await import("./keys-command.ts")).revokeKeyCommand,
  },
];
