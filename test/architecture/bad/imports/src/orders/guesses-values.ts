// Must be caught by no-development-packages
import fc from "fast-check";
export const guessed = fc;
