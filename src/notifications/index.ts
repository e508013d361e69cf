export type { Channel, Delivery } from "./channel.ts";
export type { Letter } from "./letter.ts";
export type { Cause, Told } from "./tell-customers.ts";
