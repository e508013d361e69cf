const longest = 200; // A name in a pointer may be as long as the body; nobody needs to read it back whole.

function cut(pointer: string): string {
  return pointer.length > longest ? `${pointer.slice(0, longest)}…`.toWellFormed() : pointer;
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The JSON pointer to a value. Source: RFC 6901. */
export function pointerOf(path: readonly string[]): string {
  return cut(path.map((name) => `/${escaped(name)}`).join(""));
}

/** The pointer to what another pointer shows, or to a member of it. */
export function pointerTo(parent: string, name: string | undefined): string {
  return cut(name === undefined ? parent : `${parent}/${escaped(name)}`);
}
