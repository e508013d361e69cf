/**
 * Who may do what in the back office: an API key by the scope that is named, and whoever works here by what the role is
 * for: o the owner, m a manager, who runs the shop, s support, who talks to customers, f fulfilment, who ships, r those who
 * only read. Written by hand, as a second opinion on what the routes and the roles say of themselves.
 *
 * Placing, moving and cancelling an order are one scope. Letters have links in them, so that not even all who read read them.
 */
export const backOffice = `
GET    /metrics                                           metrics:read      o m . . r

POST   /api/v1/orders                                     orders:write      o m s f .
GET    /api/v1/orders                                     orders:read       o m s f r
GET    /api/v1/orders/:order_id                           orders:read       o m s f r
PUT    /api/v1/orders/:order_id/status                    orders:write      o m s f .
DELETE /api/v1/orders/:order_id                           orders:write      o m s f .

POST   /api/v2/orders                                     orders:write      o m s f .
POST   /api/v2/orders/batch                               orders:write      o m s f .
GET    /api/v2/orders                                     orders:read       o m s f r
GET    /api/v2/orders.csv                                 orders:read       o m s f r
GET    /api/v2/orders/:id                                 orders:read       o m s f r
GET    /api/v2/orders/:id/timeline                        orders:read       o m s f r
GET    /api/v2/orders/:id/payments                        orders:read       o m s f r
POST   /api/v2/orders/:id/payments                        payments:write    o m . . .
GET    /api/v2/orders/:id/refunds                         orders:read       o m s f r
POST   /api/v2/orders/:id/refunds                         payments:write    o m . . .
GET    /api/v2/orders/:id/refunds/:refund                 orders:read       o m s f r
GET    /api/v2/batches/:id                                orders:read       o m s f r

POST   /api/v2/imports                                    imports:write     o m . . .
GET    /api/v2/imports                                    imports:read      o m . . r
GET    /api/v2/imports/:id                                imports:read      o m . . r
GET    /api/v2/imports/:id/preview                        imports:read      o m . . r
GET    /api/v2/imports/:id/rows                           imports:read      o m . . r
GET    /api/v2/imports/:id/summary                        imports:read      o m . . r
GET    /api/v2/imports/:id/rejected.csv                   imports:read      o m . . r
GET    /api/v2/imports/:id/progress                       imports:read      o m . . r
GET    /api/v2/imports/:id/events                         imports:read      o m . . r
PATCH  /api/v2/imports/:id                                imports:write     o m . . .
POST   /api/v2/imports/:id/start                          imports:write     o m . . .
POST   /api/v2/imports/:id/pause                          imports:write     o m . . .
POST   /api/v2/imports/:id/resume                         imports:write     o m . . .
POST   /api/v2/imports/:id/cancel                         imports:write     o m . . .

GET    /api/v2/events                                     events:read       o m s f r
GET    /api/v2/events/stream                              events:read       o m s f r
GET    /api/v2/audit                                      audit:read        o m . . r
GET    /api/v2/tasks                                      tasks:read        o m s f r
GET    /api/v2/tasks/:id                                  tasks:read        o m s f r
POST   /api/v2/tasks/:id/assign                           tasks:write       o m s f .
POST   /api/v2/tasks/:id/close                            tasks:write       o m s f .
GET    /api/v2/jobs                                       jobs:read         o m . . r
GET    /api/v2/jobs/:id                                   jobs:read         o m . . r
POST   /api/v2/jobs/:id/retry                             jobs:write        o m . . .
POST   /api/v2/jobs/:id/discard                           jobs:write        o m . . .

GET    /api/v2/staff                                      staff:read        o m . . r
GET    /api/v2/staff/:id                                  staff:read        o m . . r
POST   /api/v2/staff                                      staff:write       o . . . .
PATCH  /api/v2/staff/:id                                  staff:write       o . . . .
POST   /api/v2/staff/:id/disable                          staff:write       o . . . .
POST   /api/v2/staff/:id/enable                           staff:write       o . . . .
GET    /api/v2/api-keys                                   staff:read        o m . . r
POST   /api/v2/api-keys                                   staff:write       o . . . .
POST   /api/v2/api-keys/:id/revoke                        staff:write       o . . . .

GET    /api/v2/mails                                      mails:read        o m s . .
GET    /api/v2/mails/:mail_id                             mails:read        o m s . .
POST   /api/v1/notifications/email                        mails:write       o m s . .

GET    /api/v2/products                                   catalog:read      o m s f r
POST   /api/v2/products                                   catalog:write     o m . . .
GET    /api/v2/products/:id                               catalog:read      o m s f r
PATCH  /api/v2/products/:id                               catalog:write     o m . . .
DELETE /api/v2/products/:id                               catalog:write     o m . . .
GET    /api/v2/products/:id/images                        catalog:read      o m s f r
POST   /api/v2/products/:id/images                        catalog:write     o m . . .
GET    /api/v2/products/:id/images/:image_id              catalog:read      o m s f r
PATCH  /api/v2/products/:id/images/:image_id              catalog:write     o m . . .
DELETE /api/v2/products/:id/images/:image_id              catalog:write     o m . . .
GET    /api/v2/products/:id/prices                        catalog:read      o m s f r
POST   /api/v2/products/:id/prices                        catalog:write     o m . . .
GET    /api/v2/products/:id/prices/:price_id              catalog:read      o m s f r
PATCH  /api/v2/products/:id/prices/:price_id              catalog:write     o m . . .
DELETE /api/v2/products/:id/prices/:price_id              catalog:write     o m . . .
GET    /api/v2/products/:id/translations                  catalog:read      o m s f r
GET    /api/v2/products/:id/translations/:language        catalog:read      o m s f r
PUT    /api/v2/products/:id/translations/:language        catalog:write     o m . . .
DELETE /api/v2/products/:id/translations/:language        catalog:write     o m . . .
GET    /api/v2/tax-rates                                  catalog:read      o m s f r
POST   /api/v2/tax-rates                                  catalog:write     o m . . .
GET    /api/v2/tax-rates/:id                              catalog:read      o m s f r
PATCH  /api/v2/tax-rates/:id                              catalog:write     o m . . .
DELETE /api/v2/tax-rates/:id                              catalog:write     o m . . .

GET    /api/v2/customers                                  customers:read    o m s . r
POST   /api/v2/customers                                  customers:write   o m s . .
GET    /api/v2/customers/:id                              customers:read    o m s . r
PATCH  /api/v2/customers/:id                              customers:write   o m s . .
DELETE /api/v2/customers/:id                              customers:write   o m s . .
POST   /api/v2/customers/:id/default                      customers:write   o m s . .

POST   /api/v1/payments                                   payments:sandbox  o m . . .
GET    /api/v1/payments/order/:order_id                   payments:sandbox  o m . . .
POST   /api/v1/payments/refund                            payments:sandbox  o m . . .
`;
