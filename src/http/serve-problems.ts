import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { routeNotFound } from "./http-errors.ts";
import { pageHeaders } from "./safe-headers.ts";

const errorsPage = new URL("../../docs/errors.md", import.meta.url);
const row = /^\| `([a-z_]+\.[a-z_]+)` \| (\d{3}) \| (.+?) \| (.+?) \|$/gm;

interface Explained {
  readonly status: string;
  readonly when: string;
  readonly advice: string;
}

async function readErrors(): Promise<ReadonlyMap<string, Explained>> {
  const page = await readFile(errorsPage, "utf8");
  const rows = [...page.matchAll(row)];
  return new Map(rows.map(([, code = "", status = "", when = "", advice = ""]) => [code, { status, when, advice }]));
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A cell of the table as HTML: text, code between backticks, bold between stars. */
function cellHtml(cell: string): string {
  return cell
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>");
}

function pageHtml(code: string, { status, when, advice }: Explained): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${code}</title></head>
<body><h1><code>${code}</code></h1>
<dl><dt>Status</dt><dd>${status}</dd><dt>When</dt><dd>${cellHtml(when)}</dd><dt>What to do</dt><dd>${cellHtml(advice)}</dd></dl>
</body></html>
`;
}

/** Serves what a problem document's `type` points at: its row of docs/errors.md, read when somebody asks first. */
export function serveProblems(app: FastifyInstance): void {
  let errors: Promise<ReadonlyMap<string, Explained>> | undefined;
  const params = Type.Object({ code: Type.String({ maxLength: 64 }) });
  app.get<{ Params: { code: string } }>(
    "/problems/:code",
    { config: { open: true }, schema: { hide: true, params } },
    async ({ params: { code } }, reply) => {
      errors ??= readErrors();
      const explained = (await errors).get(code);
      if (!explained) throw routeNotFound({});
      return reply.headers(pageHeaders).type("text/html; charset=utf-8").send(pageHtml(code, explained));
    },
  );
}
