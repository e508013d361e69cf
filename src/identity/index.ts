export {
  type AccountLetter,
  type AccountLetterKind,
  type AccountLetterPayload,
  isAccountLetterPayload,
} from "./account.ts";
export { listApiKeys } from "./api-key-queries.ts";
export { authenticateKey } from "./authenticate-key.ts";
export { type CreatedKey, createApiKey } from "./create-api-key.ts";
export { keepFirstKey } from "./first-key-flow.ts";
export { forgetOver } from "./forget-over.ts";
export type { Issuer } from "./issuer.ts";
export type { ApiKey } from "./key.ts";
export type { AuthLibrary } from "./library.ts";
export { organizationsOf } from "./list-organizations.ts";
export { lockOwners } from "./lock-owners.ts";
export { lockShopper } from "./lock-shopper.ts";
export { markMerged } from "./mark-merged.ts";
export { offerSetup } from "./offer-setup.ts";
export type { Accounts } from "./open-accounts.ts";
export { openDoor } from "./open-door.ts";
export { type Keyring, keyring } from "./open-keyring.ts";
export { openSessions, type Sessions } from "./open-sessions.ts";
export { type OnSignedIn, openShoppers } from "./open-shoppers.ts";
export { revokeApiKey } from "./revoke-api-key.ts";
export { type Scope, scopes } from "./scope.ts";
export { unsealLetter } from "./seal-letter.ts";
export type { IssuerDoor } from "./sign-in-issuer-flow.ts";
export { tellAccount } from "./tell-account.ts";
