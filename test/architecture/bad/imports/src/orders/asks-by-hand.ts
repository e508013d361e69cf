// Must be caught by postgres-in-platform
import pg from "pg";
export const asked = pg;
