// Must not be caught: it is the import of it that is wrong.
export const noon = true;
