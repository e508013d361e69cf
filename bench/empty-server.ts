import type { AddressInfo } from "node:net";
import { fastify } from "fastify";

/** An empty Fastify route: what P6 is compared with. Prints its port. */
const app = fastify({ logger: false });
app.get("/empty", async () => ({ ok: true }));
await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${(app.server.address() as AddressInfo).port}\n`);
process.on("SIGTERM", () => void app.close());
