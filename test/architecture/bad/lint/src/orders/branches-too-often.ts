// Must be caught by noExcessiveCognitiveComplexity
export function sort(a: number, b: number, c: number): number {
  for (let i = 0; i < a; i += 1) {
    if (i > b) {
      for (let j = 0; j < c; j += 1) {
        if (j > i) return j;
        if (j < i) {
          if (b > c) return i;
        }
      }
    }
  }
  return 0;
}
