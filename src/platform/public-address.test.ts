import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openPublicAddress } from "./public-address.ts";

const local = { publicUrl: "", host: "127.0.0.1", port: 8080 };

describe("openPublicAddress", () => {
  test("answers the configured URL, whatever the process listens on", () => {
    const address = openPublicAddress({ ...local, publicUrl: "https://shop.example/store//" });
    address.listensAt("http://127.0.0.1:4000");
    assert.equal(address.url(), "https://shop.example/store");
  });

  test("answers the address that the server listens on, once it does", () => {
    const address = openPublicAddress({ ...local, port: 0 });
    address.listensAt("http://127.0.0.1:4000");
    assert.equal(address.url(), "http://127.0.0.1:4000");
  });

  test("answers the configured address in a process that listens on none", () => {
    assert.equal(openPublicAddress(local).url(), "http://127.0.0.1:8080");
    assert.equal(openPublicAddress({ ...local, host: "::1" }).url(), "http://[::1]:8080");
  });
});
