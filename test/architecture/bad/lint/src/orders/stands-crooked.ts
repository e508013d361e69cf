// Must be caught by format
export const   crooked  =  1
