// Must be caught by noProcessEnv
export const port = process.env.PORT;
