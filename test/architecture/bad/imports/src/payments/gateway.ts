// Must not be caught.
export interface Gateway {
  ask(): Promise<boolean>;
}
