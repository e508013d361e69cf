export { appendEvents, onAppended } from "./append-events.ts";
export type { NewEvent, StoredEvent, StreamKind } from "./event.ts";
export { EventView } from "./event-view.ts";
export { listFeed } from "./list-feed.ts";
export { listStream } from "./list-stream.ts";
export { type Sequencer, startSequencer } from "./start-sequencer.ts";
