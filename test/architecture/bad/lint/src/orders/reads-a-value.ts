// Must not be caught: a value is read, the clock is not.
export const epoch = new Date(0);
