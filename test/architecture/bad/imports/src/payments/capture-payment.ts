// Must be caught by verbs-call-no-flows
import { ask } from "./ask-gateway-flow.ts";
export const capture = ask;
