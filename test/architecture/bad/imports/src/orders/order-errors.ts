// Must not be caught.
export const refuse = () => new Error();
