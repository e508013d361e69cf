// Must not be caught.
export const keys = true;
