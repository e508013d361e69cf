// Must not be caught.
export const exponent = 2;
