export { appendEvents } from "./append-events.ts";
export type { NewEvent, StoredEvent, StreamKind } from "./event.ts";
export { findBegunStreams } from "./event-queries.ts";
export { type FeedLag, measureFeedLag } from "./feed-lag-queries.ts";
export { listStream } from "./list-stream.ts";
export { type FeedTail, openFeedTail } from "./open-feed-tail.ts";
export { type Sequencer, startSequencer } from "./start-sequencer.ts";
