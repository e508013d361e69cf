const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Resolves at the first signal to stop. Later ones change nothing: what is under way is being finished already, and a
 * second Ctrl-C must not cut it off.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) process.on(signal, () => resolve());
  });
}

/** Aborted at the first signal to stop, for what can be left in the middle. */
export function abortOnStop(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of stopSignals) process.on(signal, () => stopping.abort());
  return stopping.signal;
}
