// Must be caught by plugin
export const startedAt = Date.now();
