type TwoByte = "shift_jis" | "windows-1252";

const tables = new Map<TwoByte, ReadonlyMap<string, readonly number[]>>();

/** Which bytes each character has, found by decoding all: Node writes UTF-8, UTF-16 and Latin-1 alone. */
function tableOf(encoding: TwoByte): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(encoding);
  if (known) return known;
  const decoder = new TextDecoder(encoding, { fatal: true });
  const table = new Map<string, readonly number[]>();
  const learn = (...bytes: number[]) => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes));
      if ([...text].length === 1 && !table.has(text)) table.set(text, bytes);
    } catch {
      // No character has these bytes.
    }
  };
  for (let first = 0; first < 256; first += 1) learn(first);
  if (encoding === "shift_jis")
    for (let first = 0x81; first < 0xfd; first += 1)
      for (let second = 0x40; second < 0xfd; second += 1) learn(first, second);
  tables.set(encoding, table);
  return table;
}

/** A text as a file in an encoding has it; those of UTF-16 begin with their mark. */
export function encodeText(
  text: string,
  encoding: "utf-8" | "utf-16le" | "utf-16be" | TwoByte,
): Uint8Array<ArrayBuffer> {
  if (encoding === "utf-8") return Uint8Array.from(Buffer.from(text));
  if (encoding === "utf-16le") return Uint8Array.from(Buffer.from(`\ufeff${text}`, "utf16le"));
  if (encoding === "utf-16be") return Uint8Array.from(Buffer.from(`\ufeff${text}`, "utf16le").swap16());
  const table = tableOf(encoding);
  return Uint8Array.from(
    [...text].flatMap((character) => {
      const bytes = table.get(character);
      if (bytes === undefined) throw new Error(`${encoding} has no ${character}.`);
      return bytes;
    }),
  );
}
