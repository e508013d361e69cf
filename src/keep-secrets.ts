import type { Config } from "./platform/config.ts";
import { randomToken } from "./platform/ids.ts";
import { keepSecret } from "./platform/keep-secret.ts";

const secretBytes = 32;

/** A secret that nobody configured is kept beside the embedded database: the sandbox signs with it. */
export async function webhookSecretText(config: Config): Promise<string> {
  if (config.paymentWebhookSecrets !== "") return config.paymentWebhookSecrets;
  const make = () => `whsec_${Buffer.from(randomToken(secretBytes), "base64url").toString("base64")}`;
  return keepSecret(config.dataDir, "webhook-secret", make);
}

/** What signs cookies and links, likewise. */
export async function authSecretText(config: Config): Promise<string> {
  if (config.authSecret !== "") return config.authSecret;
  return keepSecret(config.dataDir, "auth-secret", () => randomToken(secretBytes));
}
