// Must be caught by useImportType
import { Order } from "./hides-a-member.ts";

export const same = (order: Order): Order => order;
