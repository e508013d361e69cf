// Must be caught by useNodejsImportProtocol
import { join } from "path";

export const joined = join("a", "b");
