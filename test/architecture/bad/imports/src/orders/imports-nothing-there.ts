// Must be caught by no-missing-files
export { nothing } from "./nothing-there.ts";
