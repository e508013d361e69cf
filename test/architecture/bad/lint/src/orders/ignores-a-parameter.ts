// Must be caught by noUnusedFunctionParameters
export function half(total: number, currency: string): number {
  return total / 2;
}
