// Must not be caught.
export interface Clock {
  now(): Date;
}
