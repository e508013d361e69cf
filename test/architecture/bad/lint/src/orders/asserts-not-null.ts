// Must be caught by noNonNullAssertion
export const first = [1].find((one) => one > 2)!;
