export type { Channel, Delivery } from "./channel.ts";
export type { Letter } from "./letter.ts";
export { getMail, listMails } from "./list-mails.ts";
export { notificationEvents } from "./notification-events.ts";
export { beginTelling, type Cause, endTelling, type Told, tellCustomers } from "./tell-customers.ts";
