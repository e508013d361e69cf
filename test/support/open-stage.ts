import { after } from "node:test";
import { writeOrderLink } from "../../src/orders/link.ts";
import { type FakeIssuer, startOidcIssuer } from "../fakes/oidc-issuer.ts";
import { accountStarts } from "./account-starts.ts";
import type { Described } from "./described-api.ts";
import { givenUser, signIn } from "./given-user.ts";
import type { Ground } from "./run-example.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "./serve.ts";
import { authSecret, issuerSettings } from "./stage.ts";
import { givenProduct, givenTaxRate, openStoreClient, type StoreClient } from "./store-client.ts";
import { orderIds, storeStarts } from "./store-starts.ts";

const dayMs = 86_400_000;

const issuers: FakeIssuer[] = [];
after(() => Promise.all(issuers.map((issuer) => issuer.close())));

/** A server with a shop in it, and what operations on the shop and on accounts stand on. */
export interface OpenStage {
  readonly site: Site;
  readonly server: ServingProcess;
  /** Made anew each time, in a browser of its own; undefined when the operation is about something else. */
  groundOf(described: Described): Promise<Ground> | undefined;
  /** Somebody who is signed in. */
  signedIn(): Promise<StoreClient>;
  /** An order for a stranger who has nothing but its link. */
  linkedGround(): Promise<Ground>;
}

/** Starts the server, puts tea on sale, and makes the rest when it is asked for. */
export async function openStage(settings: Readonly<Record<string, string>> = {}): Promise<OpenStage> {
  const issuer = await startOidcIssuer();
  issuers.push(issuer);
  const site = await givenSite();
  const server = await startServing(site, { AUTH_SECRET: authSecret, ...issuerSettings(issuer), ...settings });
  await givenTaxRate(server);
  const stage = { site, server, issuer, tea: await givenProduct(server) };
  return {
    site,
    server,
    groundOf({ id, path }) {
      const [, ofPath] = Object.entries(storeStarts).find(([beginning]) => path.startsWith(beginning)) ?? [];
      const start = accountStarts[id] ?? ofPath;
      if (!start) return undefined;
      const client = openStoreClient(server);
      return start(client, stage).then((ids) => ({ ids, client }));
    },
    async signedIn() {
      const client = openStoreClient(server);
      await signIn(client, await givenUser(site.db, server));
      return client;
    },
    async linkedGround() {
      const ids = await orderIds(openStoreClient(server), stage);
      const link = writeOrderLink(String(ids.id), new Date(Date.now() + dayMs), authSecret);
      return { ids, client: openStoreClient(server), headers: { "order-link": link } };
    },
  };
}
