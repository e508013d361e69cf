// npm start: installs what is missing, then serves. Flags are passed on: npm start -- --port 9000
import { join } from "node:path";
import { launch, root } from "../bin/launch.mjs";
import { installMissing } from "./install.mjs";

const number = /^\d+$/;

/** Without the dashes npm keeps the flag: `--port=9000` goes to the environment whole, `--port 9000` without its number. */
function readFlags(given) {
  const kept = process.env.npm_config_port ?? "";
  if (number.test(kept)) return ["--port", kept, ...given];
  return kept === "true" && number.test(given[0] ?? "") ? ["--port", ...given] : given;
}

installMissing({ development: false });
process.exitCode = await launch([join(root, "src", "main.ts"), "serve", ...readFlags(process.argv.slice(2))]);
