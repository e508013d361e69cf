/** A job that was given up, and how often it was tried from the beginning before. */
interface GivenUp {
  readonly jobId: bigint;
  readonly round: number;
}

/** Names that a job was given up: tried again from the beginning and given up again, it is another cause. */
export function failureCause({ jobId, round }: GivenUp): string {
  return `job_failed job ${jobId} round ${round}`;
}

const cause = /^job_failed job (\d+) round \d+$/;

/** The job that a cause is about, if it is about one. */
export function failedJobOf(text: string): bigint | undefined {
  const [, jobId] = cause.exec(text) ?? [];
  return jobId === undefined ? undefined : BigInt(jobId);
}

const address = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g;
const longestError = 500; // The sentence that says why; a server's whole answer is in the log.

/** Why a job failed, without addresses: mail servers repeat them. */
export function shownError(error: string): string {
  const [first = ""] = error.split("\n", 1);
  return first.replace(address, "(address)").slice(0, longestError).toWellFormed();
}

const plainWord = /^[\w.:/-]{1,64}$/;
const telling = /^(?:\w*Id|id|kind|gateway)$/;

function isShown([name, value]: [string, unknown]): boolean {
  if (!plainWord.test(name)) return false;
  return Number.isSafeInteger(value) || (typeof value === "string" && telling.test(name) && plainWord.test(value));
}

/** What a job is about: the numbers, ids and kinds of its payload. Whatever else it holds may be about a person. */
export function shownPayload(payload: unknown): Record<string, string | number> {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return {};
  return Object.fromEntries((Object.entries(payload) as [string, string | number][]).filter(isShown));
}

const orderIdShape = /^[1-9]\d{0,17}$/;

/** The order that a job is about, as all our jobs name it. */
export function orderIdOfPayload(payload: unknown): bigint | null {
  const { orderId } = shownPayload(payload);
  return orderId !== undefined && orderIdShape.test(String(orderId)) ? BigInt(orderId) : null;
}
