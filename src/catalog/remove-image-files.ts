import { declareJob } from "../platform/jobs.ts";

const maxTries = 25; // Over days: whoever keeps the files may be away for one. What is left then is swept.

/** Takes the files of images away that are no more. */
export const removeImageFiles = declareJob<{ imageIds: string[] }>("remove-image-files", { maxTries });
