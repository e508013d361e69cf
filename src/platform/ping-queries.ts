import { one, type Sql } from "./db.ts";

export const ping = one<Sql, Record<string, never>, { answer: number }>("platform.ping", "select 1 as answer");
