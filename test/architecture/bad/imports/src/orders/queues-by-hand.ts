// Must be caught by postgres-in-platform
import { run } from "graphile-worker";
export const queued = run;
