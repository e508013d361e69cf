// npm start: installs what is missing, then serves. Flags are passed on: npm start -- --port 9000
import { join } from "node:path";
import { launch, root } from "../bin/launch.mjs";
import { installMissing } from "./install.mjs";

installMissing({ development: false });
process.exitCode = await launch([join(root, "src", "main.ts"), "serve", ...process.argv.slice(2)]);
