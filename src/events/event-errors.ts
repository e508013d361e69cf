import { refusal } from "../platform/errors.ts";

export const eventTooManyStreams = refusal<{ most: number }>(
  "event.too_many_streams",
  "unavailable",
  ({ most }) => `This process has its ${most} streams open already; try another one, or read pages of the feed.`,
);
