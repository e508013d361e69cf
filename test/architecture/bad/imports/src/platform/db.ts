// Must not be caught.
import pg from "pg";
export interface Tx {
  run(text: string): Promise<unknown>;
}
export const pool = pg;
