import type { FakeIssuer } from "../fakes/oidc-issuer.ts";
import type { Ids } from "./run-example.ts";
import type { ServingProcess, Site } from "./serve.ts";
import type { GivenProduct, StoreClient } from "./store-client.ts";

/** What signs links to orders in servers that are started with it as `AUTH_SECRET`. */
export const authSecret = "a secret of tests that signs cookies and links";

/** What the things that operations want are made of. */
export interface Stage {
  readonly site: Site;
  /** Started with `authSecret` and the settings of the issuer. */
  readonly server: ServingProcess;
  readonly issuer: FakeIssuer;
  readonly tea: GivenProduct;
}

/** Makes what an operation wants to be there, in a browser of its own, and answers by which ids it is called. */
export type Start = (client: StoreClient, stage: Stage) => Promise<Ids>;

export function issuerSettings({ url, clientId, clientSecret }: FakeIssuer): Record<string, string> {
  return { OIDC_ISSUER: url, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret };
}
