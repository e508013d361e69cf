// Must be caught by noExplicitAny
export const anything: any = 1;
