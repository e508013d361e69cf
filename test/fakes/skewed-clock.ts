/**
 * Imported before a program: its clock is `SKEW_MS` ahead, and steps to `SKEW_LATER_MS` at SIGUSR2. The database's clock
 * and the monotonic one stay right.
 */
const Right = Date;
let skewMs = Number(process.env.SKEW_MS ?? 0);

process.on("SIGUSR2", () => {
  skewMs = Number(process.env.SKEW_LATER_MS ?? 0);
});

class Skewed extends Right {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(Skewed.now());
    else super(...(given as [number]));
  }

  static override now(): number {
    return Right.now() + skewMs;
  }
}

globalThis.Date = Skewed as DateConstructor;
