import type { ServingProcess, Site } from "./serve.ts";
import { startServing } from "./serve.ts";

/** A route as the server has it, and what it says of who may use it. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** It is not in the API description. */
  readonly hidden: boolean;
  readonly scope?: string;
  readonly shopper?: "reads" | "writes" | "user";
  readonly open?: boolean;
  readonly keyless?: boolean;
}

const program = new URL("../fakes/route-table-process.ts", import.meta.url).pathname;

/** Starts a server that tells its routes, those that its description leaves out, too. */
export async function startTelling(
  site: Site,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ server: ServingProcess; routes: readonly Route[] }> {
  const server = await startServing(site, settings, program);
  const line = server
    .log()
    .split("\n")
    .find((one) => one.startsWith('{"routes":'));
  return { server, routes: (JSON.parse(line ?? "") as { routes: Route[] }).routes };
}
