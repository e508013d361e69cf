import { between, chance, type Dice, oneOf } from "./choose.ts";
import { bytesOf, changeAt, childrenOf, type Members, quoted, sizeOf, type Tree, verbatim } from "./json-tree.ts";
import { brokenTexts, nastyNumbers, nastyTexts, otherKinds } from "./nasty.ts";

const longTextCharacters = 1_000_000;
const longTextShare = 0.004; // A megabyte takes as long as a hundred small bodies.
const depths = [10, 63, 64, 65, 1000, 100_000];
const lengths = [0, 1, 100, 101, 1000, 1001];
const mostBytesMade = 300_000; // More is said by the long text.

type Spoil = (dice: Dice, found: Tree) => readonly Tree[];

const drop: Spoil = () => [];
const twice: Spoil = (_dice, found) => [found, found];
const otherKind: Spoil = (dice) => [verbatim(oneOf(dice, otherKinds))];
const nastyText: Spoil = (dice) => [verbatim(`"${oneOf(dice, nastyTexts)}"`)];
const brokenText: Spoil = (dice) => [{ bytes: `"${oneOf(dice, brokenTexts)}"` }];
const nastyNumber: Spoil = (dice) => [verbatim(oneOf(dice, nastyNumbers))];

const longText: Spoil = (dice) => [
  verbatim(`"${oneOf(dice, ["a", "é", "𝕏", "\\u202e"]).repeat(longTextCharacters / 4)}"`),
];

const deep: Spoil = (dice) => {
  const depth = oneOf(dice, depths);
  const [open, shut] = oneOf(dice, [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const);
  return [verbatim(`${open.repeat(depth)}1${shut.repeat(depth)}`)];
};

/** So many elements as there may be, and one more. */
const many: Spoil = (dice, found) => {
  const [one = verbatim("1")] = childrenOf(found);
  const length = oneOf(dice, lengths);
  const fits = Math.min(length, Math.floor(mostBytesMade / bytesOf(one).length));
  return [{ elements: Array.from({ length: fits }, () => one) }];
};

const oddNames = ["__proto__", "constructor", "", "0", "toString", "\u202e", "items", "id", "a".repeat(5000)];

function membersOf(tree: Tree): Members | undefined {
  return "members" in tree ? tree : undefined;
}

const moreMembers: Spoil = (dice, found) => {
  const members = membersOf(found)?.members ?? [];
  return [{ members: [...members, [quoted(oneOf(dice, oddNames)), verbatim(oneOf(dice, otherKinds))]] }];
};

/** The same name again, written the same or with an escape. */
const memberTwice: Spoil = (dice, found) => {
  const members = membersOf(found)?.members ?? [];
  if (members.length === 0) return [found];
  const [name, member] = oneOf(dice, members);
  const first = name.charCodeAt(1).toString(16).padStart(4, "0");
  const escaped = chance(dice, 0.5) && name.length > 2 ? `"\\u${first}${name.slice(2)}` : name;
  return [{ members: [...members, [escaped, member]] }];
};

const renamed: Spoil = (dice, found) => {
  const members = membersOf(found)?.members ?? [];
  if (members.length === 0) return [found];
  const place = between(dice, 0, members.length - 1);
  const [name = '""', member = verbatim("1")] = members[place] ?? [];
  const other = oneOf(dice, [name.toUpperCase(), `"${name.slice(1, -1)} "`, quoted(oneOf(dice, oddNames))]);
  return [{ members: members.toSpliced(place, 1, [other, member]) }];
};

const ofTexts: readonly Spoil[] = [nastyText, nastyText, nastyText, brokenText, otherKind, drop, deep];
const ofNumbers: readonly Spoil[] = [nastyNumber, nastyNumber, nastyNumber, otherKind, drop, nastyText];
const ofLists: readonly Spoil[] = [many, many, otherKind, drop, deep];
const ofMembers: readonly Spoil[] = [moreMembers, memberTwice, renamed, otherKind, twice];

function spoilsFor(found: Tree): readonly Spoil[] {
  if ("elements" in found) return ofLists;
  if ("members" in found) return ofMembers;
  return found.bytes.startsWith('"') ? ofTexts : ofNumbers;
}

/** Changes one place of a body into something that it should not be, in most cases. */
export function spoilTree(dice: Dice, tree: Tree): Tree {
  const place = between(dice, 0, sizeOf(tree) - 1);
  return changeAt(tree, place, (found) =>
    chance(dice, longTextShare) ? longText(dice, found) : oneOf(dice, spoilsFor(found))(dice, found),
  );
}
