// Must be caught by useMaxParams
export function add(a: number, b: number, c: number, d: number, e: number): number {
  return a + b + c + d + e;
}
