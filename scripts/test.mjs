// npm test: installs what is missing, then runs the tests on Node 24. npm test -- src/orders runs a part.
import { join } from "node:path";
import { launch, root } from "../bin/launch.mjs";
import { installBrowser, installMissing } from "./install.mjs";

installMissing();
installBrowser();
process.exitCode = await launch([join(root, "scripts", "run-tests.ts"), ...process.argv.slice(2)]);
