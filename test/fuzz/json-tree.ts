/**
 * JSON as it is sent. Unlike a value it can have a name twice, a number that no double holds, and bytes that are no text.
 * Bytes are kept as latin1 strings, one character for each.
 */
export type Tree = Verbatim | List | Members;

export interface Verbatim {
  readonly bytes: string;
}

export interface List {
  readonly elements: readonly Tree[];
}

export interface Members {
  /** Names are verbatim too, quotes included. */
  readonly members: readonly (readonly [name: string, member: Tree])[];
}

/** A piece of JSON as it is written here. */
export function verbatim(text: string): Verbatim {
  return { bytes: Buffer.from(text, "utf8").toString("latin1") };
}

export function treeOf(value: unknown): Tree {
  if (typeof value !== "object" || value === null) return verbatim(JSON.stringify(value) ?? "null");
  if (Array.isArray(value)) return { elements: value.map(treeOf) };
  return { members: Object.entries(value).map(([name, member]) => [quoted(name), treeOf(member)] as const) };
}

/** A name or text between its quotes, as bytes. */
export function quoted(text: string): string {
  return verbatim(JSON.stringify(text)).bytes;
}

export function bytesOf(tree: Tree): string {
  if ("bytes" in tree) return tree.bytes;
  if ("elements" in tree) return `[${tree.elements.map(bytesOf).join(",")}]`;
  return `{${tree.members.map(([name, member]) => `${name}:${bytesOf(member)}`).join(",")}}`;
}

/** The parts of a tree that are trees themselves. */
export function childrenOf(tree: Tree): readonly Tree[] {
  if ("bytes" in tree) return [];
  return "elements" in tree ? tree.elements : tree.members.map(([, member]) => member);
}

/** The same tree with one of its parts changed: into others, or into none. */
function withChild(tree: Tree, index: number, others: readonly Tree[]): Tree {
  if ("bytes" in tree) return tree;
  if ("elements" in tree) return { elements: tree.elements.toSpliced(index, 1, ...others) };
  const name = tree.members[index]?.[0] ?? '""';
  return { members: tree.members.toSpliced(index, 1, ...others.map((other) => [name, other] as const)) };
}

/** How many trees there are in a tree, itself included. */
export function sizeOf(tree: Tree): number {
  return childrenOf(tree).reduce((size, child) => size + sizeOf(child), 1);
}

/** Changes the tree at a place, counted from the root in the order of the text. */
export function changeAt(tree: Tree, place: number, change: (found: Tree) => readonly Tree[]): Tree {
  if (place === 0) return change(tree)[0] ?? verbatim("null");
  let left = place - 1;
  for (const [index, child] of childrenOf(tree).entries()) {
    const size = sizeOf(child);
    if (left === 0) return withChild(tree, index, change(child));
    if (left < size) return withChild(tree, index, [changeAt(child, left, change)]);
    left -= size;
  }
  return tree;
}
