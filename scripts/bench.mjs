// npm run bench: installs what is missing, then measures on Node 24. Flags are passed on; see bench/README.md.
import { join } from "node:path";
import { launch, root } from "../bin/launch.mjs";
import { installMissing } from "./install.mjs";

installMissing();
process.exitCode = await launch([join(root, "bench", "run-bench.ts"), ...process.argv.slice(2)]);
