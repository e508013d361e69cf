// Must be caught by useImportExtensions
export { epoch } from "./reads-a-value";
