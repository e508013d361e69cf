import { createHash } from "node:crypto";
import { type FastifyInstance, fastify } from "fastify";
import { pageHeaders } from "./safe-headers.ts";

const scriptPath = "/docs/scalar.js";
const scriptMaxAgeSeconds = 3_600; // It changes with a release only; an hour later everybody has the new one.

/** An empty picture, or the browser asks for one that is not here. */
const noIcon = '<link rel="icon" href="data:,">';

interface Pages {
  readonly page: string;
  readonly policy: string;
  readonly script: Buffer;
}

/** The page calls nobody but us: no fonts, no proxy, no telemetry, no assistant. */
const configuration = {
  url: "/openapi.json",
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: "",
  externalUrls: { dashboardUrl: "", registryUrl: "", proxyUrl: "", apiBaseUrl: "" },
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: "never",
  persistAuth: false,
} as const;

/** Allows the one inline script by its hash; whatever else the page may try, the browser asks no other host. */
function policyFor(page: string): string {
  const inline = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  return [
    "default-src 'none'",
    `script-src 'self' ${inline.join(" ")}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Asks the reference's plugin for its two files. It is five megabytes, so nothing of it is loaded before somebody looks. */
async function loadPages(title: string): Promise<Pages> {
  const { default: reference } = await import("@scalar/fastify-api-reference");
  const inner = fastify();
  await inner.register(reference, {
    routePrefix: "/docs",
    configuration: { ...configuration, pageTitle: title, cdn: scriptPath },
  });
  const page = (await inner.inject("/docs/")).body.replace("<head>", `<head>${noIcon}`);
  const script = (await inner.inject("/docs/js/scalar.js")).rawPayload;
  await inner.close();
  return { page, policy: policyFor(page), script };
}

/** Serves the description at `/openapi.json`, and at `/docs` a page to read it. */
export function serveDocs(app: FastifyInstance, title: string): void {
  const config = { open: true } as const;
  const schema = { hide: true };
  let description: string | undefined;
  let loading: Promise<Pages> | undefined;
  const pages = () => {
    loading ??= loadPages(title);
    return loading;
  };
  app.get("/openapi.json", { config, schema }, async (_request, reply) => {
    description ??= JSON.stringify(app.swagger());
    return reply.type("application/json; charset=utf-8").send(description);
  });
  app.get("/docs", { config, schema }, async (_request, reply) => {
    const { page, policy } = await pages();
    return reply
      .type("text/html; charset=utf-8")
      .headers({ ...pageHeaders, "content-security-policy": policy })
      .send(page);
  });
  app.get(scriptPath, { config, schema }, async (_request, reply) => {
    const { script } = await pages();
    reply.headers({ ...pageHeaders, "cache-control": `public, max-age=${scriptMaxAgeSeconds}` });
    return reply.type("text/javascript; charset=utf-8").send(script);
  });
}
