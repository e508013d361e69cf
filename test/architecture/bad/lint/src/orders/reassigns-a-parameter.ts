// Must be caught by noParameterAssign
export function next(sequence: number): number {
  sequence += 1;
  return sequence;
}
