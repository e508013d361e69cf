/** Readers of PDF look so far for its beginning, and browsers for a sign of markup. */
const beginningBytes = 1_024;
/** An archive ends with its directory, behind which a comment of so many bytes may stand. */
const directoryBytes = 22;
const longestComment = 65_535;
const directoryMark = Buffer.from("PK\x05\x06", "latin1");
const commentLengthAt = 20;

const markup = /<(?:!doctype|html|svg|script|body|iframe|\?xml)[\s>]/i;

function isArchive(content: Buffer): boolean {
  const from = Math.max(0, content.length - directoryBytes - longestComment);
  for (let at = content.indexOf(directoryMark, from); at !== -1; at = content.indexOf(directoryMark, at + 1)) {
    if (at + directoryBytes > content.length) return false;
    if (at + directoryBytes + content.readUInt16LE(at + commentLengthAt) === content.length) return true;
  }
  return false;
}

/**
 * What a file is besides a picture, for programs that look for it: such a file was made to be taken for one thing and
 * used as the other. Nothing of it would be served, but whoever sends it wants something else than to show a product.
 */
export function otherMeaningOf(content: Buffer): string | undefined {
  const beginning = content.subarray(0, beginningBytes).toString("latin1");
  if (beginning.includes("%PDF-")) return "a PDF";
  if (markup.test(beginning)) return "a page with markup";
  if (isArchive(content)) return "a ZIP archive";
  return undefined;
}
