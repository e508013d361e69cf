/** Cuts bytes that arrive in pieces of any size into elements. */
export interface Splitter {
  /** The elements that end in these bytes; one with more bytes than it may have is not kept. */
  push(bytes: Buffer): (Buffer | "too-long")[];
  /** What is left when there are no more bytes. */
  end(): (Buffer | "too-long")[];
}

/** Keeps the bytes of one element until it is whole, as long as they are not too many. */
export function gatherBytes(mostBytes: number) {
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    add(bytes: Buffer): void {
      length += bytes.length;
      if (length > mostBytes) pieces = [];
      else if (bytes.length > 0) pieces.push(bytes);
    },
    /** The element, and nothing is left of it here. */
    take(): Buffer | "too-long" {
      const whole = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      const kept = length > mostBytes ? "too-long" : whole;
      pieces = [];
      length = 0;
      return kept;
    },
  };
}

const lineFeed = 0x0a;

/**
 * Splits NDJSON into its lines while it arrives; lines with nothing but spaces are passed over. No JSON text has a line
 * break inside, so that each line stands alone, whatever the others are.
 */
export function splitLines(mostBytes: number): Splitter {
  const line = gatherBytes(mostBytes);
  function* endOfLine(): Generator<Buffer | "too-long"> {
    const taken = line.take();
    if (taken === "too-long" || !isBlank(taken)) yield taken;
  }
  return {
    push(bytes) {
      const found: (Buffer | "too-long")[] = [];
      let start = 0;
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        line.add(bytes.subarray(start, end));
        found.push(...endOfLine());
        start = end + 1;
      }
      line.add(bytes.subarray(start));
      return found;
    },
    end: () => [...endOfLine()],
  };
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}
