/** Where an order came from, when not from a single request; what is not known is null. */
export interface Origin {
  /** Whose references they are: the API key's name or the import's source. */
  readonly source: string | null;
  /** What the source calls the order; unique within the source. */
  readonly externalReference: string | null;
  /** The import's UUID. */
  readonly importId: string | null;
  /** The number of the order's first row in the import's file, counted from 1 without the header. */
  readonly importRow: number | null;
  /** The name of the file that it came in. */
  readonly csvSource: string | null;
  /** The UUID of the batch request. */
  readonly batchId: string | null;
  /** When the customer ordered, by the source's account. */
  readonly orderedAt: Date | null;
}

export const noOrigin: Origin = {
  source: null,
  externalReference: null,
  importId: null,
  importRow: null,
  csvSource: null,
  batchId: null,
  orderedAt: null,
};
