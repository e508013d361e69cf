// Must not be caught: the circle is told once, at first-half.ts.
import { first } from "./first-half.ts";
export const second = () => first;
