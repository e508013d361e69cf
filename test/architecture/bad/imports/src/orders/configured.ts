// Must be caught by nouns-are-pure: what stands in the environment comes in.
import { environment } from "../platform/config.ts";
export const configured = environment;
