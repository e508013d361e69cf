// Must not be caught.
import { Type } from "typebox";
import { exponent } from "../platform/money.ts";
import { refuse } from "./order-errors.ts";
export const order = { Type, exponent, refuse };
