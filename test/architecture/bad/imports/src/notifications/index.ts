// Must be caught by ladder-notifications: commands stand above everything.
import { keys } from "../cli/index.ts";
export const tell = keys;
