import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after } from "node:test";
import { eventually } from "./eventually.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** What to say when a test is skipped. */
export const noBrowser = "There is no Chromium: install one, on Debian by apt-get install chromium, to run this test.";

/** Where a Chromium is; undefined on machines without one. */
export function findBrowser(): string | undefined {
  const places = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A page in a browser, with everything that it asked for and complained about. */
export interface Page {
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
  /** Runs an expression in the page and answers its value. */
  evaluate(expression: string): Promise<unknown>;
  /** Goes to an address, as if it had been typed. */
  navigate(url: string): Promise<unknown>;
  /** Presses a key and lets it go: `Tab`, `Enter`, a space. */
  press(key: "Tab" | "Enter" | " "): Promise<void>;
  /** Looks at the page through another window. */
  look(window: PageWindow): Promise<void>;
  /** What is to be seen, from the top to the end, as PNG. */
  picture(): Promise<Buffer>;
  close(): Promise<void>;
}

/** How large a window is, and which colours its user likes. */
export interface PageWindow {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

const keyCodes = { Tab: 9, Enter: 13, " ": 32 } as const;
const keyTexts = { Tab: undefined, Enter: "\r", " ": " " } as const;

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
const running = new Set<ChildProcess>();
const folders: string[] = [];

after(async () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

/** Starts a browser of its own and opens a page; what the browser does by itself is not counted. */
export async function openPage(browser: string, url: string): Promise<Page> {
  const folder = await mkdtemp(join(tmpdir(), "orderwell-browser-"));
  folders.push(folder);
  const child = spawn(browser, [...flags, "--remote-debugging-port=0", `--user-data-dir=${folder}`, "about:blank"], {
    stdio: "ignore",
  });
  running.add(child);
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const port = await portOf(folder);
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Target[];
  const target = targets.find(({ type }) => type === "page");
  if (!target) throw new Error("The browser opened no page.");
  const page = await attach(target.webSocketDebuggerUrl);
  await page.navigate(url);
  return {
    ...page,
    async close() {
      child.kill("SIGKILL");
      await exited;
      running.delete(child);
    },
  };
}

interface Target {
  readonly type: string;
  readonly webSocketDebuggerUrl: string;
}

/** The port that the browser wrote down when it listened. */
async function portOf(folder: string): Promise<string> {
  let port = "";
  await eventually("the browser listens", async () => {
    [port = ""] = (await readFile(join(folder, "DevToolsActivePort"), "utf8")).split("\n");
    return port !== "";
  });
  return port;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
}

interface Entry {
  readonly text: string;
  readonly url?: string;
}

function entryText({ text, url = "" }: Entry): string {
  return `${text} ${url}`.trim();
}

/** Speaks the DevTools protocol with a page. */
async function attach(url: string) {
  const socket = new WebSocket(url);
  const requests: string[] = [];
  const complaints: string[] = [];
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, method, params = {}, result = {} } = JSON.parse(String(data)) as Message;
    if (id !== undefined) waiting.get(id)?.(result);
    else if (method === "Network.requestWillBeSent") requests.push((params.request as { url: string }).url);
    else if (method === "Log.entryAdded") complaints.push(entryText(params.entry as Entry));
    else if (method === "Runtime.exceptionThrown") complaints.push(JSON.stringify(params.exceptionDetails));
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  let last = 0;
  const call = (method: string, params: object = {}) => {
    last += 1;
    const id = last;
    const answered = new Promise<Record<string, unknown>>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    return answered;
  };
  for (const domain of ["Network", "Log", "Runtime", "Page"]) await call(`${domain}.enable`);
  return {
    requests,
    complaints,
    async evaluate(expression: string): Promise<unknown> {
      const { result } = await call("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
      return (result as { value?: unknown }).value;
    },
    navigate: (to: string) => call("Page.navigate", { url: to }),
    async press(key: keyof typeof keyCodes): Promise<void> {
      const pressed = { key, code: key === " " ? "Space" : key, windowsVirtualKeyCode: keyCodes[key] };
      const text = keyTexts[key];
      await call("Input.dispatchKeyEvent", { type: "keyDown", ...pressed, ...(text === undefined ? {} : { text }) });
      await call("Input.dispatchKeyEvent", { type: "keyUp", ...pressed });
    },
    async look({ width, height, dark = false }: PageWindow): Promise<void> {
      await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
      const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
      await call("Emulation.setEmulatedMedia", { features });
    },
    async picture(): Promise<Buffer> {
      const { data } = await call("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
      return Buffer.from(String(data), "base64");
    },
  };
}
