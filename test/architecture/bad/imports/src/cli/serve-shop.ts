// Must be caught by ladder-cli: a command does not know how the program is put together.
import { app } from "../app.ts";
export const served = app;
