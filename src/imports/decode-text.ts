import type { FilePlan } from "./reading.ts";

const pieceBytes = 32_768; // About 400 rows: whoever splits and reads them is done within ten milliseconds.

/** The text of a file in pieces, without its byte order mark. Bytes that are no text become U+FFFD. */
export async function* decodeText(
  content: AsyncIterable<Buffer>,
  encoding: FilePlan["encoding"],
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      yield decoder.decode(chunk.subarray(at, at + pieceBytes), { stream: true });
    }
  }
  yield decoder.decode();
}
