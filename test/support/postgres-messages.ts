/** One message of PostgreSQL's protocol, as far as a proxy looks into it. Source: PostgreSQL 18, chapter 54.7. */
export interface Message {
  /** The whole message, as it was sent. */
  readonly bytes: Buffer;
  /** Its first byte; none for the first message of a connection. */
  readonly type: string;
  /** From the client: the name of a prepared statement, or the text of one. */
  readonly statement?: string;
  /** From the server: what a statement did, as in `INSERT 0 1`. */
  readonly tag?: string;
  /** From the server: it is ready, and no transaction is open. */
  readonly transactionOver: boolean;
}

type Reader = (piece: Buffer) => void;

const lengthBytes = 4;

function textAt(bytes: Buffer, start: number): { text: string; end: number } {
  const end = bytes.indexOf(0, start);
  return { text: bytes.toString("utf8", start, end), end: end + 1 };
}

/** The first message of what has arrived, or undefined while it is not whole. */
function firstOf(arrived: Buffer, typed: boolean): { bytes: Buffer; type: string } | undefined {
  const head = typed ? 1 : 0;
  if (arrived.length < head + lengthBytes) return undefined;
  const length = head + arrived.readInt32BE(head);
  if (arrived.length < length) return undefined;
  return { bytes: arrived.subarray(0, length), type: arrived.toString("latin1", 0, head) };
}

/** Cuts a stream into messages. */
function reader(untypedFirst: boolean, on: (bytes: Buffer, type: string) => void): Reader {
  let left: Buffer = Buffer.alloc(0);
  let typed = !untypedFirst;
  return (piece) => {
    left = Buffer.concat([left, piece]);
    for (let first = firstOf(left, typed); first; first = firstOf(left, typed)) {
      left = left.subarray(first.bytes.length);
      typed = true;
      on(first.bytes, first.type);
    }
  };
}

/** Reads what a client without TLS sends. */
export function frontendMessages(on: (message: Message) => void): Reader {
  return reader(true, (bytes, type) => {
    const statement = statementOf(bytes, type);
    on({ bytes, type, transactionOver: false, ...(statement ? { statement } : {}) });
  });
}

function statementOf(bytes: Buffer, type: string): string | undefined {
  const start = 1 + lengthBytes;
  if (type === "Q") return textAt(bytes, start).text;
  if (type !== "P" && type !== "B") return undefined;
  const first = textAt(bytes, start);
  const second = textAt(bytes, first.end);
  // Parse: name, then text. Bind: portal, then name.
  return type === "P" ? `${first.text} ${second.text}` : second.text;
}

/** Reads what the server sends. */
export function backendMessages(on: (message: Message) => void): Reader {
  const start = 1 + lengthBytes;
  return reader(false, (bytes, type) => {
    const transactionOver = type === "Z" && bytes.toString("latin1", start) === "I";
    on({ bytes, type, transactionOver, ...(type === "C" ? { tag: textAt(bytes, start).text } : {}) });
  });
}
