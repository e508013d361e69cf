import { refusal } from "./errors.ts";

export const blobNotFound = refusal<{ key: string }>(
  "blob.not_found",
  "not-found",
  ({ key }) => `There is no file ${key}.`,
);

export const blobNoSpace = refusal<object>(
  "blob.no_space",
  "unavailable",
  () => "There is no space to keep the file. Whoever runs the shop has to make some.",
);

export const blobKeyInvalid = refusal<object>(
  "blob.key_invalid",
  "invalid",
  () =>
    "The key of a file is up to 500 letters, digits, `.`, `_` and `-` in parts between slashes; no part begins with `.`.",
);
