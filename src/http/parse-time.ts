// Further away no shop had customers or will have them: such a time is a slip.
const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(2200, 0, 1);

/** What to say of a text that `parseTime` does not take. */
export const wrongTime = "Must be a time from 1900 to 2199.";

/** Reads a time that somebody states; undefined for one that cannot be meant. */
export function parseTime(text: string): Date | undefined {
  const time = new Date(text);
  return time.getTime() >= earliest && time.getTime() < latest ? time : undefined; // No comparison holds for no time.
}
