// Must be caught by no-orphans
export const forgotten = true;
