// Must be caught by plugin
export const startedAt = new Date();
