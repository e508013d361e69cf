// Must be caught by noUnusedVariables
function unused(): number {
  return 1;
}
