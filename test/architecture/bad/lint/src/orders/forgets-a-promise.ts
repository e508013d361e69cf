// Must be caught by noFloatingPromises
async function settle(): Promise<number> {
  return 1;
}

export function forget(): void {
  settle();
}
