// Must not be caught.
import { ask } from "../payments/index.ts";
export const orderJobs = [ask];
