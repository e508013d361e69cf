import type { Sql } from "../platform/db.ts";
import { type Import, isImportOver } from "./import.ts";
import { importNotRead } from "./import-errors.ts";
import { eachRejectedRow } from "./list-import-rows.ts";
import type { FilePlan } from "./reading.ts";
import { rejectedHeader, rejectedRow } from "./write-rejected.ts";

/** Says to spreadsheets that the file is in UTF-8, whatever the one was in that it came from. */
const byteOrderMark = "\ufeff";

/** Why a row without a reason of its own is among the rejected: another one of its order has it. */
const withItsOrder = "Another row of this order is rejected.";

/** How an import's file was understood. @throws import.not_read */
export function planOf({ plan, stage, status }: Import): FilePlan {
  const isRead = status !== "received" && stage !== "reading" && stage !== "merging";
  if (plan === null || !(isRead || isImportOver(status))) throw importNotRead({ status });
  return plan;
}

/**
 * The file of rejected rows, part by part: the original columns, then the line and the reason. Its cells are as they came;
 * only what a spreadsheet would calculate has a ' in front, which is taken away again when the file is uploaded.
 */
export async function* writeRejectedFile(sql: Sql, given: Import, plan: FilePlan): AsyncGenerator<string> {
  const header = rejectedHeader(plan);
  const isCsv = header !== undefined;
  const end = isCsv ? "\r\n" : "\n";
  if (isCsv) yield `${byteOrderMark}${header}${end}`;
  for await (const rows of eachRejectedRow(sql, given)) {
    for (const { line, raw, faults, reason } of rows) {
      const own = [...(faults ?? []), ...(reason ? [reason] : [])].map(({ detail }) => detail);
      yield `${rejectedRow(plan, { line, raw, reasons: own.length > 0 ? own : [withItsOrder] })}${end}`;
    }
  }
}
