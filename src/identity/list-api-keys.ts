import type { Sql } from "../platform/db.ts";
import type { Page, PageWanted } from "../platform/page-by-id.ts";
import { listApiKeysBefore } from "./api-key-queries.ts";
import type { ApiKey } from "./key.ts";
import { pageByUuid } from "./list-staff.ts";

/**
 * API keys, newest first, the revoked ones too.
 * @throws list.cursor_unknown
 */
export function findApiKeyPage(sql: Sql, wanted: PageWanted): Promise<Page<ApiKey>> {
  return pageByUuid(
    wanted,
    ({ keyId }) => keyId,
    (page) => listApiKeysBefore(sql, page),
  );
}
