import type { Counter, OrderIdStock, PaymentDesk } from "../orders/index.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import type { Log } from "../platform/log.ts";
import type { Runner } from "./hold-runner.ts";

/** What imports stand on. */
export interface ImportGround extends Counter {
  readonly blobs: BlobStore;
  readonly desk: Pick<PaymentDesk, "pay">;
  readonly log: Log;
  /** The first pause while the gateway cannot be asked. Only tests shorten it. */
  readonly pauseMs?: number;
}

/** One run of an import: from where it stands until it is over, rests, or is stopped. */
export interface ImportRun extends ImportGround {
  readonly own: Runner;
  readonly ids: OrderIdStock;
  /** Aborted when the process should end: the run stops at the end of a piece. */
  readonly signal: AbortSignal;
}

/** The process should end: somebody goes on with the import later. */
export class ImportStopped extends Error {
  constructor(uid: string) {
    super(`Import ${uid} was stopped at the end of a piece.`);
    this.name = "ImportStopped";
  }
}

/** Throws `ImportStopped` when the process should end. */
export function assertGoingOn({ signal, own }: ImportRun): void {
  if (signal.aborted) throw new ImportStopped(own.uid);
}
