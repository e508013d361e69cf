import type { Config } from "./config.ts";

/** Where people reach this installation, for the links that they are sent. */
export interface PublicAddress {
  /** Without a slash at its end. */
  url(): string;
  /** Told once the server listens: its port may have been chosen by the system. */
  listensAt(address: string): void;
}

function configuredAddress({ host, port }: Pick<Config, "host" | "port">): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * The address of PUBLIC_URL; without it the one that this process listens on. A process that only works listens on none
 * and takes the one that is configured for those that serve.
 */
export function openPublicAddress(config: Pick<Config, "publicUrl" | "host" | "port">): PublicAddress {
  let heard: string | undefined;
  return {
    url: () => (config.publicUrl || heard || configuredAddress(config)).replace(/\/+$/, ""),
    listensAt(address) {
      heard = address;
    },
  };
}
