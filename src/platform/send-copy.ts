import pg from "pg";

/** What the driver's connection can do with a COPY; its types do not say so. */
interface CopyingConnection extends pg.Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * A COPY that is sent whole: the statement, its rows and their end, without waiting for the server to ask for them. So
 * it has its place in the pipeline like any other. When the server refuses the statement or a row, it answers that and
 * passes over what follows of it. Source: PostgreSQL's protocol, section COPY Operations.
 */
class Copy extends pg.Query {
  override submit: (connection: pg.Connection) => void;

  constructor(text: string, pieces: readonly Buffer[], done: (error: Error | undefined, result: object) => void) {
    super(text, done);
    this.submit = (connection) => {
      const copying = connection as CopyingConnection;
      copying.query(text);
      for (const piece of pieces) copying.sendCopyFromChunk(piece);
      copying.endCopyFrom();
    };
  }

  handleCopyInResponse(): void {
    // The rows are on their way. The driver's own answer would be that there are none.
  }
}

/** Sends rows in COPY's text format, in as many pieces as they were given; answers how many rows there were. */
export function sendCopy(connection: pg.PoolClient, text: string, pieces: readonly Buffer[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined, result: { rowCount?: number }) => {
      if (error) reject(error);
      else resolve(result.rowCount ?? 0);
    };
    connection.query(new Copy(text, pieces, done));
  });
}
