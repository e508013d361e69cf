import { one, type Sql } from "../platform/db.ts";

/** How long the import under way has not moved that moved longest ago. Payments are counted elsewhere. */
export const measureIdleImports = one<Sql, Record<never, never>, { oldestSeconds: number | null }>(
  "imports.measure_idle_imports",
  `
  select extract(epoch from clock_timestamp() - min(updated_at))::float8 as oldest_seconds
    from imports.imports
   where status in ('received', 'validating', 'running') and paused_at is null and stage is distinct from 'paying'`,
);
