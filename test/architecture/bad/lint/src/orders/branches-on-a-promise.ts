// Must be caught by noMisusedPromises
async function settled(): Promise<boolean> {
  return false;
}

export function decide(): number {
  if (settled()) return 1;
  return 2;
}
