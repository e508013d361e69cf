// Must be caught by noDefaultExport
export default 1;
