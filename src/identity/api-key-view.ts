import { type Static, Type } from "typebox";
import type { ApiKey } from "./key.ts";
import { scopes } from "./scope.ts";

const mostScopes = 100; // More than there are; each counts once.

export const ApiKeyBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, examples: ["warehouse"] }),
    scopes: Type.Array(Type.Enum([...scopes]), {
      minItems: 1,
      maxItems: mostScopes,
      description: "What it may do; nothing that whoever makes it may not.",
      examples: [["orders:read"]],
    }),
  },
  { additionalProperties: false },
);

export const ApiKeyView = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    name: Type.String({ examples: ["warehouse"] }),
    prefix: Type.String({ description: "By which people tell keys apart.", examples: ["3f9c2a7b10"] }),
    scopes: Type.Array(Type.String(), { examples: [["orders:read"]] }),
    created_at: Type.String({ format: "date-time" }),
    revoked_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()], { examples: [null] }),
  },
  { title: "ApiKey" },
);
export const NewApiKeyView = Type.Object(
  {
    ...ApiKeyView.properties,
    key: Type.Union([Type.String(), Type.Null()], {
      description: "The whole key, shown this once: null when the same request is answered again.",
      examples: ["ow_3f9c2a7b10_Zy3m0xkYv8hQ1nRr5s7Tb2dUe4Wf6Xg9Ja-Kc_LpMoN"],
    }),
  },
  { title: "NewApiKey" },
);
export const ApiKeyListView = Type.Object(
  {
    data: Type.Array(ApiKeyView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "ApiKeyPage" },
);

export function apiKeyView({
  keyId,
  name,
  prefix,
  scopes: may,
  createdAt,
  revokedAt,
}: ApiKey): Static<typeof ApiKeyView> {
  return {
    id: keyId,
    name,
    prefix,
    scopes: [...may],
    created_at: createdAt.toISOString(),
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}
