import { isIP } from "node:net";
import { exponentOf } from "./money.ts";

/** One setting: where it comes from, what it may be, what it is for. `docs/config.md` lists the same, and a test compares. */
export interface Setting<Value> {
  readonly env: string;
  readonly flag?: string;
  readonly fallback: Value;
  readonly help: string;
  /** Not to be shown, not even when it is wrong. */
  readonly secret?: true;
  /** Answers the value, or the sentence that says what it should have been. */
  read(text: string): { value: Value } | { wrong: string };
}

export function text(setting: Omit<Setting<string>, "read">): Setting<string> {
  return { ...setting, read: (given) => ({ value: given }) };
}

export function secret(setting: Omit<Setting<string>, "read" | "secret">): Setting<string> {
  return text({ ...setting, secret: true });
}

export function url(setting: Omit<Setting<string>, "read">, protocols: string[]): Setting<string> {
  return {
    ...setting,
    read: (given) =>
      URL.canParse(given) && protocols.includes(new URL(given).protocol)
        ? { value: given }
        : { wrong: `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}` },
  };
}

export function whole(setting: Omit<Setting<number>, "read">, bounds: { from: number; to: number }): Setting<number> {
  return {
    ...setting,
    read: (given) => {
      const value = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN;
      return value >= bounds.from && value <= bounds.to
        ? { value }
        : { wrong: `a whole number from ${bounds.from} to ${bounds.to}` };
    },
  };
}

export function oneOf<Choice extends string>(
  setting: Omit<Setting<Choice>, "read">,
  choices: readonly Choice[],
): Setting<Choice> {
  return {
    ...setting,
    read: (given) => {
      const value = choices.find((choice) => choice === given);
      return value === undefined ? { wrong: choices.join(" or ") } : { value };
    },
  };
}

export function currency(setting: Omit<Setting<string>, "read">): Setting<string> {
  return {
    ...setting,
    read: (given) =>
      exponentOf(given) === undefined ? { wrong: "a currency code of ISO 4217, such as JPY" } : { value: given },
  };
}

export function country(setting: Omit<Setting<string>, "read">): Setting<string> {
  return {
    ...setting,
    read: (given) =>
      /^[A-Z]{2}$/.test(given) ? { value: given } : { wrong: "a country code of ISO 3166-1, such as JP" },
  };
}

export function origins(setting: Omit<Setting<string>, "read">): Setting<string> {
  return {
    ...setting,
    read(given) {
      const all = given.split(",").map((one) => one.trim());
      const isOrigin = (one: string) => URL.canParse(one) && new URL(one).origin === one;
      return all.every(isOrigin)
        ? { value: all.join(",") }
        : { wrong: "origins such as https://shop.example, joined by commas" };
    },
  };
}

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address) as 0 | 4 | 6];
  return (
    longest > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
  );
}

export function networks(setting: Omit<Setting<string>, "read">): Setting<string> {
  return {
    ...setting,
    read: (given) => {
      const all = given.split(",").map((one) => one.trim());
      return all.every(isNetwork)
        ? { value: all.join(",") }
        : { wrong: "addresses or networks such as 10.0.0.0/8, joined by commas" };
    },
  };
}

const shortestSecretBytes = 24; // Source: Standard Webhooks 1.0, "Signature scheme".

function isWebhookSecret(text: string): boolean {
  const [, encoded] = /^(?:whsec_)?([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  return encoded !== undefined && Buffer.from(encoded, "base64").length >= shortestSecretBytes;
}

export function webhookSecrets(setting: Omit<Setting<string>, "read">): Setting<string> {
  return {
    ...setting,
    secret: true,
    read: (given) =>
      given.split(",").every((one) => isWebhookSecret(one.trim()))
        ? { value: given }
        : { wrong: `base64 of ${shortestSecretBytes} bytes or more, with whsec_ before it; several joined by commas` },
  };
}
