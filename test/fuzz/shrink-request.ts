import type { FuzzRequest } from "./fuzz-request.ts";
import { changeAt, childrenOf, sizeOf, type Tree } from "./json-tree.ts";

const mostTries = 120;
const longestKept = 40; // A text longer than this is worth halving.

function* smallerTrees(tree: Tree): Generator<Tree> {
  for (let place = 1; place < sizeOf(tree); place += 1) yield changeAt(tree, place, () => []);
  for (let place = 0; place < sizeOf(tree); place += 1) {
    yield changeAt(tree, place, (found) => {
      if ("bytes" in found && found.bytes.length > longestKept && found.bytes.startsWith('"'))
        return [{ bytes: `${found.bytes.slice(0, found.bytes.length / 2)}"` }];
      return childrenOf(found).length > 1 ? [childrenOf(found)[0] ?? found] : [found];
    });
  }
}

function* smaller(request: FuzzRequest): Generator<FuzzRequest> {
  const { headers, target, body } = request;
  for (const [index] of headers.entries()) yield { ...request, headers: headers.toSpliced(index, 1) };
  if (target.includes("?")) yield { ...request, target: target.slice(0, target.indexOf("?")) };
  if (body) for (const tree of smallerTrees(body)) yield { ...request, body: tree };
}

/** Makes a request smaller for as long as it breaks the same rule. Bytes that are sent as they are stay as they are. */
export async function shrinkRequest(
  request: FuzzRequest,
  breaks: (request: FuzzRequest) => Promise<boolean>,
): Promise<FuzzRequest> {
  if (request.raw !== undefined) return request;
  let smallest = request;
  let tries = 0;
  for (let found = true; found && tries < mostTries; ) {
    found = false;
    for (const candidate of smaller(smallest)) {
      tries += 1;
      if (tries > mostTries) break;
      if (!(await breaks(candidate))) continue;
      smallest = candidate;
      found = true;
      break;
    }
  }
  return smallest;
}
