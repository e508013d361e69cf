import { refusal } from "./errors.ts";

export const cursorUnknown = refusal<object>(
  "list.cursor_unknown",
  "invalid",
  () => "The cursor is not one that this list gave.",
);
