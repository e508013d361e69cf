// Must be caught by wired-in-app
import { orderRoutes } from "./order-routes.ts";
export const wired = orderRoutes;
