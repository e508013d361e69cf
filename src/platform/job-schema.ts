/** Where graphile-worker keeps its jobs. Its own default, named once. */
export const jobsSchema = "graphile_worker";
