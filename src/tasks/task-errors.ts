import { refusal } from "../platform/errors.ts";

export const taskNotFound = refusal<{ task: string }>(
  "task.not_found",
  "not-found",
  ({ task }) => `There is no task ${task}.`,
);

export const taskClosed = refusal<{ task: bigint }>(
  "task.closed",
  "conflict",
  ({ task }) => `Task ${task} is closed; nobody can take it.`,
);

export const taskUndecided = refusal<{ task: bigint; job: string }>(
  "task.undecided",
  "conflict",
  ({ task, job }) => `Task ${task} is about job ${job}, which is still given up: have it tried again, or discard it.`,
);
