import type { Config } from "../platform/config.ts";

/** Where a server with these settings is reached from this machine, whether or not one runs. */
export function addressOf({ host, port }: Pick<Config, "host" | "port">): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
