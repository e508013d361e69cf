// Must be caught by noConsole
console.log("An order was placed.");
