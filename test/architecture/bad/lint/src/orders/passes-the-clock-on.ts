// Must be caught by plugin
export const clock = { read: Date.now };
