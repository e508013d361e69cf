import type { Tx } from "../platform/db.ts";
import type { Job, JobRun } from "../platform/jobs.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { abandonImport } from "./abandon-import.ts";
import type { ImportGround } from "./import-run.ts";
import { runImport } from "./run-import.ts";
import { workOnImport } from "./run-import-flow.ts";

type Payload = { importUid: string };

const importsAtOnce = 2; // One process gains nothing by more, and keeps some room for its other work.
const turnWaitMs = 5_000; // An import takes minutes; a few seconds more before it begins are nothing.

/**
 * Reads and places an import. May run twice, at once too: see `workOnImport`. When this process has enough of them the
 * job is put off, so that another process may take it.
 */
export function runImportJob(ground: ImportGround): Job<Payload> {
  const { db, clock } = ground;
  let underWay = 0;
  const putOff = ({ importUid }: Payload) => {
    const runAt = new Date(clock.now().getTime() + turnWaitMs);
    return db.transaction((tx) => enqueue(tx, [queued(runImport, { importUid }, { runAt })]));
  };
  return {
    declaration: runImport,
    async run(payload: Payload, { signal, ending }: JobRun) {
      if (underWay >= importsAtOnce) return putOff(payload);
      underWay += 1;
      try {
        await workOnImport(ground, { ...payload, signal: AbortSignal.any([signal, ending ?? signal]) });
      } finally {
        underWay -= 1;
      }
    },
    accepts: isPayload,
    abandon: (tx: Tx, payload, now) => abandonImport(tx, payload.importUid, now),
  };
}

function isPayload(payload: unknown): payload is Payload {
  return (
    typeof payload === "object" && payload !== null && "importUid" in payload && typeof payload.importUid === "string"
  );
}
