import { refusal } from "../platform/errors.ts";

export const customerInvalid = refusal<Record<string, never>>(
  "customer.invalid",
  "invalid",
  () => "The billing identity can be read, but something in it cannot be right.",
);

export const customerNotFound = refusal<{ customer: string }>(
  "customer.not_found",
  "not-found",
  ({ customer }) => `There is no billing identity ${customer}.`,
);

export const customersTooMany = refusal<{ most: number }>(
  "customer.too_many",
  "conflict",
  ({ most }) => `One owner has ${most} billing identities at most.`,
);

export const customerRoleMissing = refusal<Record<string, never>>(
  "customer.role_missing",
  "forbidden",
  () => "By what an organization is billed is changed by its owners and admins.",
);
