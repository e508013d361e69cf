import { refusal } from "../platform/errors.ts";

export const staffNotFound = refusal<{ staff: string }>(
  "identity.staff_not_found",
  "not-found",
  ({ staff }) => `Nobody who works here has the id ${staff}.`,
);

export const staffExists = refusal<{ role: string }>(
  "identity.staff_exists",
  "conflict",
  ({ role }) => `Whoever has this address works here already, as ${role}.`,
);

export const staffOwnerNeeded = refusal<Record<string, never>>(
  "identity.staff_owner_needed",
  "conflict",
  () => "There is always an owner who can sign in: make somebody else one first.",
);

export const beyondYours = refusal<{ lacking: string }>(
  "identity.beyond_yours",
  "forbidden",
  ({ lacking }) => `That needs what you may not do yourself: ${lacking}.`,
);
