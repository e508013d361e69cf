// Must be caught by wired-in-app
import { orderJobs } from "./order-jobs.ts";
export const wired = orderJobs;
