import { type Static, Type } from "typebox";
import { type Import, importStages, importStatuses, ordersPending, paceOf } from "./import.ts";

const count = (description: string, example: number) => Type.Integer({ minimum: 0, description, examples: [example] });
const orNull = (description: string, example: number | null) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description, examples: [example] });

export const ImportProgressView = Type.Object(
  {
    id: Type.String({ format: "uuid", examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"] }),
    status: Type.Enum([...importStatuses], { title: "ImportStatus", examples: ["running"] }),
    paused: Type.Boolean({ examples: [false] }),
    stage: Type.Union([Type.Enum([...importStages], { title: "ImportStage" }), Type.Null()], { examples: ["placing"] }),
    bytes: Type.Unsafe<bigint>(count("The size of the file.", 2_097_152)),
    bytes_read: Type.Unsafe<bigint>(count("How much of it was read.", 2_097_152)),
    rows_read: count("Rows read so far.", 20_000),
    orders_read: count("Orders found so far.", 10_000),
    orders_placed: count("Placed so far.", 4_200),
    orders_rejected: count("Not placed, each for a reason.", 12),
    orders_duplicate: count("There already.", 3),
    orders_pending: count("None of this yet.", 5_785),
    payments_asked: orNull("Orders that the gateway was asked for, while they are paid; null before and after.", null),
    rate: orNull("Rows a second while reading, else orders a second; null when nobody can say.", 2_140.5),
    seconds_left: orNull("Of this stage; null when nobody can say.", 2.7),
  },
  { title: "ImportProgress" },
);
export type ImportProgressView = Static<typeof ImportProgressView>;

function tenths(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

export function importProgress(given: Import, now: Date): ImportProgressView {
  const { ratePerSecond, secondsLeft } = paceOf(given, now);
  return {
    id: given.uid,
    status: given.status,
    paused: given.pausedAt !== null,
    stage: given.stage,
    bytes: given.bytes,
    bytes_read: given.readBytes,
    rows_read: given.rowsRead,
    orders_read: given.ordersRead,
    orders_placed: given.ordersPlaced,
    orders_rejected: given.ordersRejected,
    orders_duplicate: given.ordersDuplicate,
    orders_pending: ordersPending(given),
    payments_asked: given.stage === "paying" ? given.mark : null,
    rate: tenths(ratePerSecond),
    seconds_left: tenths(secondsLeft),
  };
}
