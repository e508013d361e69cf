/** What a stream of events is about. */
export type StreamKind = "order" | "stock" | "import" | "subscription" | "customer";

/** A fact, before it is written. Whoever appends it holds the stream's lock and knows the next number. */
export interface NewEvent {
  readonly streamKind: StreamKind;
  readonly streamId: bigint;
  /** Counts from 1 in the stream, without gaps. */
  readonly sequence: number;
  readonly eventId: string;
  readonly type: string;
  /** The public id of what the stream is about. */
  readonly subject: string;
  readonly occurredAt: Date;
  /** The status before and after, when the event is a move. */
  readonly fromStatus: string | null;
  readonly toStatus: string | null;
  readonly actor: string;
  readonly cause: string;
  /** `camelCase`, plain JSON; or its text, when it is written already. */
  readonly data: object | string;
}
