// Must be caught by no-tests-in-the-program
export { noon } from "../../test/given-orders.ts";
