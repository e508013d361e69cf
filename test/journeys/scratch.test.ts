import { test } from "node:test";
import { givenSite, startServing } from "../support/serve.ts";
import { givenProduct, openStoreClient, add } from "../support/store-client.ts";
test("x", async () => {
  const server = await startServing(await givenSite());
  const tea = await givenProduct(server);
  const c = openStoreClient(server);
  console.log(await add(c, tea.priceId));
  console.log(await c.send("GET", "/api/store/cart"));
  console.log(server.log());
});
