// Must not be caught.
export const audit = true;
