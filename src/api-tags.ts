/** What the API description groups routes by. */
export const apiTags = {
  "Orders v1": "The contract of DD-ORDER-001: place, read and move orders; amounts are decimals in major units.",
  Orders: "Orders with all that belongs to them; amounts are integers in minor units.",
  Imports: "Files of orders: taken in, checked, placed, and told of row by row.",
  Events: "What happened, in the order in which subscribers hear of it.",
  Tasks: "What needs a person: to take, and to close with a reason.",
  Jobs: "Later work that is not done yet, and work that was given up.",
  Audit: "Who did what, where no order's history tells it.",
  Mails: "The embedded mailbox, where mails go without a mail server.",
  Notifications: "The embedded notification service that DD-ORDER-001 names.",
  "Sandbox payment service": "The embedded payment service, to try things out.",
  Health: "For whatever sends requests here.",
} as const;
