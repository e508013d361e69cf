#!/usr/bin/env node
import { existsSync } from "node:fs";
import { join } from "node:path";
import { launch, root } from "./launch.mjs";

if (!existsSync(join(root, "node_modules", "pg"))) {
  console.error(`Orderwell's packages are not installed: run npm install in ${root}`);
  process.exit(1);
}
process.exitCode = await launch([join(root, "src", "main.ts"), ...process.argv.slice(2)]);
