import { runCommandLine } from "./cli/index.ts";

// The whole program is loaded by the commands that start it; help and keys need not wait for it.
const app = () => import("./app.ts");

process.exitCode = await runCommandLine(process.argv.slice(2), {
  startServe: async (config, url) => (await app()).startServe(config, url),
  startWork: async (config, url) => (await app()).startWork(config, url),
  openBlobs: async (config) => (await import("./platform/open-blob-client.ts")).openBlobStore(config),
  openPictures: async () => (await import("./catalog/image-decoder-client.ts")).pictureMaker(),
});

const lingerMs = 2000; // A socket that somebody forgot to close must not keep a stopped process.
setTimeout(() => process.exit(), lingerMs).unref();
