// Must not be caught: this is where the environment is read.
export const environment = process.env;
