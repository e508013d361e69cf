import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type FuzzRequest, isHead } from "./fuzz-request.ts";
import type { Operation, Schema } from "./read-operations.ts";
import { type Heard, headerOf, type WireAnswer } from "./wire-connection.ts";

/** Something that must never be: which rule it breaks, and how. */
export interface Wrong {
  readonly rule: string;
  readonly says: string;
}

/** The code of every refusal with its status, as the page of errors has them. */
export type KnownProblems = ReadonlyMap<string, number>;

export interface Judge {
  /** Everything that is wrong with what came back. */
  judge(request: FuzzRequest, heard: Heard): Wrong[];
  /** Whether the description takes this body; undefined where it says nothing. */
  takes(operation: Operation, body: unknown): boolean | undefined;
}

/** Reads the tables of `docs/errors.md`. */
export function readProblems(page: string): KnownProblems {
  return new Map(
    [...page.matchAll(/^\| `([a-z_.]+)` \| (\d{3}) \|/gm)].map(([, code = "", status]) => [code, Number(status)]),
  );
}

const inside =
  /node:internal|\.ts:\d+|\bat [\w.<>]+ \(|node_modules|\b(select|insert into|update|delete from) [a-z_]+\.[a-z_]+|violates|syntax error at|\/home\/|\/tmp\//i;
/** What any request may hear, whatever it asks for: of its head, its length, NUL in its address. The rest each operation names. */
const ofAnyRequest = new Set([400, 405, 408, 413, 415, 417, 422, 431]);
const problemType = "application/problem+json";
const longestSaid = 300;

/** Judges answers by the description of the API and the page of errors, and by nothing that the program says of itself. */
export function openJudge(problems: KnownProblems): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  // What the description calls a format the program may read more strictly or less, so bodies are checked without.
  const bodies = new Ajv2020({ strict: false, validateFormats: false, useDefaults: true });
  const checks = new Map<Schema, ValidateFunction>();

  function checkOf(schema: Schema, by: Ajv2020): ValidateFunction {
    const known = checks.get(schema) ?? by.compile(schema);
    checks.set(schema, known);
    return known;
  }

  function judgeProblem(answer: WireAnswer): Wrong[] {
    const type = typeOf(answer);
    if (type !== problemType) return [wrong("problem-type", `${answer.status} came as "${type}"`)];
    const document = parsed(answer.body);
    if (typeof document !== "object" || document === null) return [wrong("problem-json", "is no JSON object")];
    return judgeMembers(document, answer.status);
  }

  function judgeMembers(document: Partial<Record<string, unknown>>, answered: number): Wrong[] {
    const { type, title, status, detail, code } = document;
    const known = problems.get(String(code));
    const wrongs = [
      status !== answered && wrong("problem-status", `says ${status}, is ${answered}`),
      known === undefined && wrong("problem-unregistered", `${code} is not in docs/errors.md`),
      known !== undefined && known !== answered && wrong("problem-status", `${code} is ${known} in docs/errors.md`),
      type !== `/problems/${code}` && wrong("problem-members", `the type is ${type}`),
      (typeof title !== "string" || typeof detail !== "string") && wrong("problem-members", "lacks title or detail"),
    ];
    return wrongs.filter((one) => one !== false);
  }

  function judgeDescribed(operation: Operation, answer: WireAnswer): Wrong[] {
    const described = descriptionOf(operation, answer.status);
    if (!described) return [wrong("undescribed", `${operation.id} does not describe ${answer.status}`)];
    if (described.size === 0 || answer.body === "") return [];
    const type = typeOf(answer);
    const schema = described.get(type);
    if (!schema) return [wrong("undescribed-type", `${operation.id} does not describe ${type} for ${answer.status}`)];
    const where = unlike(schema, type.endsWith("json") ? parsed(answer.body) : utf8(answer.body));
    return where === undefined ? [] : [wrong("unlike-description", `${operation.id} ${answer.status}: ${where}`)];
  }

  /** Where a value is not as its schema has it, and why; undefined when it is. */
  function unlike(schema: Schema, value: unknown): string | undefined {
    const check = checkOf(schema, ajv);
    if (check(value)) return undefined;
    const [fault] = check.errors ?? [];
    return `${fault?.instancePath.replaceAll(/\d+/g, "0")} ${fault?.message}`;
  }

  function judgeStatus(answer: WireAnswer): Wrong[] {
    const { status } = answer;
    if (status === 503) {
      return /^\d+$/.test(headerOf(answer, "retry-after")) ? [] : [wrong("no-retry-after", "503 without Retry-After")];
    }
    if (status === 429 && headerOf(answer, "retry-after") === "") return [wrong("no-retry-after", "429 without it")];
    return status >= 500 ? [wrong("server-error", `${status}: ${answer.body.slice(0, longestSaid)}`)] : [];
  }

  /** A batch is refused order by order. */
  function rejectsSome({ body }: WireAnswer): boolean {
    return /^\{"batch_id":[^,]+,"placed":\d+,"duplicates":\d+,"rejected":[1-9]/.test(body);
  }

  function judgeAnswer(request: FuzzRequest, answer: WireAnswer): Wrong[] {
    const wrongs = judgeStatus(answer);
    const isProblem = answer.status >= 400 && !isHead(request);
    if (isProblem) wrongs.push(...judgeProblem(answer));
    if (request.operation && !isHead(request) && request.raw === undefined)
      wrongs.push(...judgeDescribed(request.operation, answer));
    if (isProblem && inside.test(answer.body)) wrongs.push(wrong("tells-insides", answer.body.slice(0, longestSaid)));
    if (request.mustRefuse && answer.status < 400 && !rejectsSome(answer))
      wrongs.push(wrong("accepted", `${answer.status} for ${request.what}`));
    return wrongs;
  }

  return {
    judge(request, { answers, rest, hung }) {
      if (hung) return [wrong("hang", "nothing came back")];
      const wrongs = answers.flatMap((answer) => judgeAnswer(request, answer));
      // What breaks off or is no HTTP may be answered by closing the connection.
      if (answers.length === 0 && request.raw === undefined)
        wrongs.push(wrong("no-answer", "the connection was closed"));
      if (rest !== "") wrongs.push(wrong("half-an-answer", rest.slice(0, longestSaid)));
      return wrongs;
    },
    takes(operation, body) {
      if (!operation.body) return undefined;
      return checkOf(operation.body, bodies)(structuredClone(body));
    },
  };
}

export function wrong(rule: string, says: string): Wrong {
  return { rule, says };
}

function descriptionOf({ answers }: Operation, status: number): ReadonlyMap<string, Schema> | undefined {
  return answers.get(String(status)) ?? (ofAnyRequest.has(status) ? answers.get("default") : undefined);
}

/** The media type, without what follows it. */
function typeOf(answer: WireAnswer): string {
  return (headerOf(answer, "content-type").split(";")[0] ?? "").trim();
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The value of a body, or undefined when it is no JSON. */
export function parsed(bytes: string): unknown {
  try {
    return JSON.parse(utf8(bytes));
  } catch {
    return undefined;
  }
}
