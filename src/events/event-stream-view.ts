import type { FedEvent } from "./event.ts";
import { type EventView, eventViews } from "./event-view.ts";

/** Those who follow closely share the newest events, and the text of each is made once. */
const written = new WeakMap<FedEvent, string>();

/** A position is a number that JSON holds exactly: at 10,000 events a second for 28,000 years. */
function eventText(view: EventView): string {
  return JSON.stringify({ ...view, position: Number(view.position) });
}

/**
 * An event as a stream carries it. An OrderStatusChanged stands before the id, which is its event's too: whoever has
 * heard the id has heard both. Source: WHATWG HTML, server-sent events.
 */
function streamText(event: FedEvent): string {
  const views = eventViews(event);
  const told = views.map((view) => `event: ${view.type}\ndata: ${eventText(view)}\n`);
  return `${told
    .slice(0, -1)
    .map((text) => `${text}\n`)
    .join("")}id: ${event.position}\n${told.at(-1)}\n`;
}

/** A page of the feed as text of a stream. */
export function streamPage(events: readonly FedEvent[]): string {
  let page = "";
  for (const event of events) {
    const text = written.get(event) ?? streamText(event);
    written.set(event, text);
    page += text;
  }
  return page;
}

/** Says nothing, and that the stream lives. */
export const stillThere = ":\n\n";

/**
 * The beginning of a stream: a sign of life, so that the client knows at once that it listens, and where it stands, so that
 * one that heard nothing before its stream broke off misses nothing either.
 */
export function streamStart(after: bigint): string {
  return `:\nid: ${after}\n\n`;
}
