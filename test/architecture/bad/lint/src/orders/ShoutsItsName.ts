// Must be caught by useFilenamingConvention
export const one = 1;
