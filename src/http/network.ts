const groups = 8;
const networkGroups = 4; // 64 bits: a household has that many addresses of its own and could ask from a new one each time.

/** The groups of a part of an IPv6 address that has no gap. */
function groupsOf(part: string): string[] {
  return part === "" ? [] : part.split(":");
}

/**
 * Who is taken for one by their address: an IPv4 address, however it is written, or the network of an IPv6 address. Those
 * whose connection is gone before they are asked for have none, and are taken for one.
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return "gone";
  if (!address.includes(":")) return address;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [whole = ""] = address.split("%", 1);
  const [before = "", after = ""] = whole.split("::", 2);
  const [first, last] = [groupsOf(before), groupsOf(after)];
  const gap = Array<string>(Math.max(0, groups - first.length - last.length)).fill("0");
  const all = [...first, ...gap, ...last].slice(0, networkGroups);
  return `${all.map((group) => group.toLowerCase().replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
