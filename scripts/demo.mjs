// npm run demo: installs what is missing, then sets up the catalogue that ships with the project. Flags are passed on.
import { join } from "node:path";
import { launch, root } from "../bin/launch.mjs";
import { installMissing } from "./install.mjs";

installMissing({ development: false });
const catalogue = join(root, "demo", "catalogue.yaml");
process.exitCode = await launch([join(root, "src", "main.ts"), "setupproducts", catalogue, ...process.argv.slice(2)]);
