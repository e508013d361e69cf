import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Where a server that listens can be reached: the port may have been chosen by the system. */
export function reachableAddress(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const reachable = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  return `http://${family === "IPv6" && reachable === address ? `[${reachable}]` : reachable}:${port}`;
}
