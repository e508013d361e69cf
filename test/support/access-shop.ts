/**
 * Who may do what in the shop, where no key and no role counts, only whose the cookies are.
 *
 * - `shopper`: everybody, each with what is theirs; whoever has no cookie has nothing, or is given one by a write.
 * - `user`: whoever is signed in, each with what is theirs.
 * - `owner` of the thing in the address: to everybody else it is not there. What is an organization's is seen by its
 *   members, and changed by its owners and admins.
 * - `member` and `admin` of the organization in the address; the `invited` of an invitation.
 */
export const shop = `
GET    /api/store/cart                                          shopper
DELETE /api/store/cart                                          shopper
POST   /api/store/cart/lines                                    shopper
POST   /api/store/cart/accept-prices                            owner line
PATCH  /api/store/cart/lines/:line_id                           owner line
DELETE /api/store/cart/lines/:line_id                           owner line
POST   /api/store/cart/buy-now                                  shopper
GET    /api/store/carts                                         shopper
GET    /api/store/carts/:id                                     owner cart
DELETE /api/store/carts/:id                                     owner cart
POST   /api/store/carts/:id/lines                               owner cart
POST   /api/store/carts/:id/accept-prices                       owner cart
PATCH  /api/store/carts/:id/lines/:line_id                      owner cart
DELETE /api/store/carts/:id/lines/:line_id                      owner cart

POST   /api/store/checkout                                      owner cart
GET    /api/store/orders                                        shopper
GET    /api/store/orders/:id                                    owner order
POST   /api/store/orders/:id/pay                                owner order
POST   /api/store/orders/:id/return                             owner order

GET    /api/store/customers                                     shopper
POST   /api/store/customers                                     shopper
GET    /api/store/customers/:id                                 owner customer
PATCH  /api/store/customers/:id                                 owner customer
DELETE /api/store/customers/:id                                 owner customer
POST   /api/store/customers/:id/default                         owner customer

POST   /api/store/auth/sign-up                                  shopper
POST   /api/store/auth/sign-in                                  shopper
POST   /api/store/auth/sign-out                                 shopper
POST   /api/store/auth/request-password-reset                   shopper
GET    /api/store/auth/session                                  shopper
PATCH  /api/store/auth/profile                                  user
POST   /api/store/auth/change-password                          user
GET    /api/store/auth/organizations                            user
POST   /api/store/auth/organizations                            user
GET    /api/store/auth/organizations/:id/members                member organization
POST   /api/store/auth/organizations/:id/leave                  member organization
POST   /api/store/auth/organizations/:id/invitations            admin organization
PATCH  /api/store/auth/organizations/:id/members/:member_id     admin organization
DELETE /api/store/auth/organizations/:id/members/:member_id     admin organization
POST   /api/store/auth/invitations/:id/accept                   invited invitation

POST   /api/store/auth/verify-email                             secret
POST   /api/store/auth/reset-password                           secret
POST   /api/store/auth/setup-owner                              secret
`;

/**
 * What is everybody's: it looks at no cookie and no key, and answers all alike. Behind `secret` is what whoever knows
 * something may do, whoever they are: a token of a letter, the name of a payment page, what signs a webhook.
 */
export const everybodys = `
GET    /                                                        anybody
GET    /problems/:code                                          anybody
GET    /openapi.json                                            anybody
GET    /docs                                                    anybody
GET    /docs/scalar.js                                          anybody
GET    /health/live                                             anybody
GET    /health/ready                                            anybody
GET    /mails                                                   anybody
GET    /mails/mailbox.css                                       anybody
GET    /mails/mailbox.js                                        anybody
GET    /setup                                                   anybody
GET    /sign-in                                                 anybody
GET    /account/verify                                          anybody
GET    /account/reset                                           anybody
GET    /account/invitation                                      anybody
GET    /account/account.css                                     anybody
GET    /account/account.js                                      anybody
GET    /orders/:id                                              anybody
GET    /orders/order.css                                        anybody
GET    /orders/order.js                                         anybody
GET    /sandbox/pay/:session_id                                 anybody
GET    /sandbox/payment.css                                     anybody
GET    /sandbox/payment.js                                      anybody
GET    /api/store/products                                      anybody
GET    /api/store/products/:key                                 anybody
GET    /api/store/images/:image_id                              anybody
GET    /api/store/images/:image_id/:file                        anybody
GET    /api/store/auth/oidc/start                               anybody
GET    /api/store/auth/oidc/callback                            anybody
POST   /api/v1/orders/:order_id/webhook                         secret
GET    /api/v1/payments/sessions/:session_id                    secret
POST   /api/v1/payments/sessions/:session_id                    secret
`;
