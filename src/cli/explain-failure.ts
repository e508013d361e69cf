import type { Config } from "../platform/config.ts";
import { isUnavailable, Refusal } from "../platform/errors.ts";

type ListenError = Error & { code?: string; syscall?: string };

const listenSentences: Readonly<Record<string, (config: Config) => string>> = {
  EADDRINUSE: ({ host, port }) =>
    `Port ${port} on ${host} is taken: stop what listens there, or choose another with --port.`,
  EACCES: ({ port }) => `Port ${port} may not be opened by this user: choose one from 1024 on with --port.`,
  EADDRNOTAVAIL: ({ host }) => `${host} is not an address of this machine: choose one with --host.`,
  ENOTFOUND: ({ host }) => `${host} is not an address of this machine: choose one with --host.`,
};

// PostgreSQL refused the login, or has no such database: what it says is the sentence.
const refusedLogin = /^(28|3D)/;
const notOurSchema = /^(42P01|42703|3F000|42883)$/;

/** What went wrong, in one sentence where we know it; else with all that is known, since it is a fault of ours. */
export function explainFailure(error: unknown, config: Config): string {
  if (!(error instanceof Error)) return String(error);
  return knownSentence(error, config) ?? (isOurFault(error) ? (error.stack ?? error.message) : error.message);
}

function knownSentence(error: ListenError, config: Config): string | undefined {
  const { code = "", syscall, message } = error;
  if (error instanceof Refusal || error.name === "EmbeddedPostgresError") return message;
  if (syscall === "listen" || syscall === "getaddrinfo") {
    const listen = listenSentences[code];
    if (listen) return listen(config);
  }
  if (refusedLogin.test(code)) return `The database refuses us: ${message}.`;
  if (notOurSchema.test(sqlStateOf(error))) {
    return `The database does not have this version's tables (${message}): run orderwell migrate.`;
  }
  return isUnavailable(error) ? `The database cannot be reached: ${message || code}.` : undefined;
}

function sqlStateOf(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.cause instanceof Error ? sqlStateOf(error.cause) : "";
}

function isOurFault(error: Error): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}
