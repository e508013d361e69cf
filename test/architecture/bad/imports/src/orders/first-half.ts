// Must be caught by no-cycles
import { second } from "./second-half.ts";
export const first = () => second;
