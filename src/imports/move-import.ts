import type { Tx } from "../platform/db.ts";
import { canMoveImport, type Import, type ImportStatus, isImportOver, ordersPending } from "./import.ts";
import { importCannotMove } from "./import-errors.ts";
import { saveImport } from "./import-queries.ts";

/** What a person can have done with an import as it stands. */
function verbsFor(given: Import): string[] {
  const { status, pausedAt } = given;
  return [
    ...(status === "ready" ? ["be started"] : []),
    ...(status === "running" && pausedAt === null ? ["be paused"] : []),
    ...(pausedAt === null ? [] : ["be resumed"]),
    ...(canBeRevised(given) ? ["be read with other options"] : []),
    ...(canMoveImport(status, "cancelled") ? ["be cancelled"] : []),
  ];
}

/** Whether other options can still be given: what was placed was placed with these. */
export function canBeRevised(given: Import): boolean {
  return canMoveImport(given.status, "received") && given.ordersPlaced === 0;
}

/**
 * Refuses what an import cannot have done to it as it stands.
 * @throws import.cannot_move
 */
export function refuseMove(given: Import, wanted: string): never {
  throw importCannotMove({ status: given.status, wanted, allowed: verbsFor(given) });
}

/** What changes with an import, its counts apart. */
export type ImportChange = Partial<
  Pick<
    Import,
    | "source"
    | "pausedAt"
    | "options"
    | "optionsHash"
    | "generation"
    | "plan"
    | "stage"
    | "mark"
    | "readBytes"
    | "stageAt"
    | "stageFrom"
    | "runner"
    | "ordersUnpaid"
    | "failureCode"
    | "failureDetail"
    | "lastSequence"
    | "startedAt"
  >
> & { readonly status?: ImportStatus };

/**
 * Changes an import that the caller holds, and answers it as it is then. A move that the table does not have is an error
 * of ours.
 */
export async function changeImport(tx: Tx, held: Import, change: ImportChange, now: Date): Promise<Import> {
  const status = change.status ?? held.status;
  if (status !== held.status && !canMoveImport(held.status, status))
    throw new Error(`Import ${held.uid} is ${held.status} and cannot become ${status}.`);
  const ending = isImportOver(status);
  const endedAt = ending ? (held.endedAt ?? now) : null;
  const ended = ending ? ({ stage: null, stageAt: null, stageFrom: 0, runner: null, pausedAt: null } as const) : {};
  const next: Import = { ...held, ...change, ...ended, status, endedAt, updatedAt: now };
  await saveImport(tx, {
    ...next,
    options: JSON.stringify(next.options),
    plan: next.plan === null ? null : JSON.stringify(next.plan),
    now,
  });
  return next;
}

/** The orders that a stage of placing or paying had done when it began or went on. */
export function placingFrom(given: Import): Pick<Import, "stageFrom"> {
  return { stageFrom: given.stage === "paying" ? given.mark : given.ordersRead - ordersPending(given) };
}
