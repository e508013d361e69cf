// How the sign-in library finds our tables: by its words for models and fields, where ours differ.

const times = { createdAt: "created_at", updatedAt: "updated_at" };

export const userTable = { modelName: "users", fields: { emailVerified: "email_verified", ...times } };

export const sessionTable = {
  modelName: "sessions",
  fields: {
    userId: "user_id",
    expiresAt: "expires_at",
    ipAddress: "ip_address",
    userAgent: "user_agent",
    ...times,
  },
};

export const accountTable = {
  modelName: "accounts",
  fields: {
    userId: "user_id",
    accountId: "account_id",
    providerId: "provider_id",
    accessToken: "access_token",
    refreshToken: "refresh_token",
    idToken: "id_token",
    accessTokenExpiresAt: "access_token_expires_at",
    refreshTokenExpiresAt: "refresh_token_expires_at",
    ...times,
  },
};

export const verificationTable = {
  modelName: "verifications",
  fields: { expiresAt: "expires_at", ...times },
};

export const rateLimitTable = { modelName: "rate_limits", fields: { lastRequest: "last_request" } };

export const organizationTables = {
  session: { fields: { activeOrganizationId: "active_organization_id" } },
  organization: { modelName: "organizations", fields: { createdAt: "created_at" } },
  member: {
    modelName: "members",
    fields: { organizationId: "organization_id", userId: "user_id", createdAt: "created_at" },
  },
  invitation: {
    modelName: "invitations",
    fields: {
      organizationId: "organization_id",
      inviterId: "inviter_id",
      expiresAt: "expires_at",
      createdAt: "created_at",
    },
  },
};
