export { listApiKeys } from "./api-key-queries.ts";
export { authenticateKey } from "./authenticate-key.ts";
export { type CreatedKey, createApiKey } from "./create-api-key.ts";
export { keepFirstKey } from "./first-key-flow.ts";
export type { ApiKey } from "./key.ts";
export { type Keyring, keyring } from "./open-keyring.ts";
export { revokeApiKey } from "./revoke-api-key.ts";
export { type Scope, scopes } from "./scope.ts";
