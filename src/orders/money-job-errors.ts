import { refusal } from "../platform/errors.ts";

export const moneyNeedsJob = refusal<{ what: string }>(
  "order.money_needs_job",
  "conflict",
  ({ what }) => `${what}: nothing else would ever see to it. Have the job tried again.`,
);
