// Must be caught by noTsIgnore
// @ts-ignore
export const total: number = "12";
