// Must be caught by noVar
export var total = 1;
