// Must be caught by noUnusedImports
import { epoch } from "./reads-a-value.ts";

export const one = 1;
