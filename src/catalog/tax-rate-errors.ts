import { refusal } from "../platform/errors.ts";

export const taxRateNotFound = refusal<{ taxRate: string }>(
  "tax_rate.not_found",
  "not-found",
  ({ taxRate }) => `There is no tax rate ${taxRate}.`,
);

export const taxRateInvalid = refusal<Record<string, never>>(
  "tax_rate.invalid",
  "invalid",
  () => "The tax rate cannot be as it is asked for.",
);

export const taxRateTaken = refusal<{ taxRate: string }>(
  "tax_rate.taken",
  "conflict",
  ({ taxRate }) => `The tax rate ${taxRate} is for the same place and goods, and begins at the same moment.`,
);

export const taxRatesTooMany = refusal<{ most: number }>(
  "tax_rate.too_many",
  "conflict",
  ({ most }) => `One country has ${most} tax rates at most.`,
);
