// Must be caught by no-tests-in-the-program
export { noon } from "./order.test.ts";
