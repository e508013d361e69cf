/** A reporter of node:test that writes the closing counts alone. */
import type { TestEvent } from "node:test/reporters";

// biome-ignore lint/style/noDefaultExport: node:test takes a reporter as the default export.
export default async function* reportCounts(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type === "test:diagnostic" && event.data.nesting === 0) yield `ℹ ${event.data.message}\n`;
  }
}
