// Must not be caught.
export const environment = {};
