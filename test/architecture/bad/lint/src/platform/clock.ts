// Must not be caught: this is where the clock is read.
export const now = () => new Date();
