import { refusal } from "../platform/errors.ts";

export const jobNotFound = refusal<{ job: string }>(
  "job.not_found",
  "not-found",
  ({ job }) => `There is no job ${job}; those that are done leave nothing behind.`,
);

export const jobRunning = refusal<{ job: bigint }>(
  "job.running",
  "conflict",
  ({ job }) => `Job ${job} is running just now.`,
);

export const jobNotFailed = refusal<{ job: bigint }>(
  "job.not_failed",
  "conflict",
  ({ job }) => `Job ${job} still has tries; only one that was given up can be discarded.`,
);
