import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError, parseFlags, readConfig } from "./config.ts";
import { settings } from "./settings.ts";

/** What is wrong, line by line. */
function wrongs(env: Record<string, string>, flags: Record<string, string> = {}): string[] {
  try {
    readConfig(env, flags);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
  return assert.fail("Nothing was wrong.");
}

describe("readConfig", () => {
  test("takes the fallback of every setting when nothing is given", () => {
    const config = readConfig({});
    const fallbacks = Object.fromEntries(Object.entries(settings).map(([key, { fallback }]) => [key, fallback]));
    assert.deepEqual(config, fallbacks);
    assert.equal(config.host, "127.0.0.1", "nobody else can reach it unless that is asked for");
    assert.equal(config.failpoints, "");
  });

  test("accepts every fallback but the empty ones when it is given", () => {
    const given = Object.values(settings).map(({ env, fallback }) => [env, String(fallback)]);
    assert.deepEqual(readConfig(Object.fromEntries(given)), readConfig({}));
  });

  test("reads the environment", () => {
    const config = readConfig({
      DATABASE_URL: "postgresql://ann@db.example:5433/shop?sslmode=require",
      PORT: "0",
      LOG_LEVEL: "debug",
      SMTP_URL: "smtps://mail.example",
      MAIL_FROM: "Shop <shop@example.com>",
      SERVE_JOBS: "elsewhere",
      UNRELATED: "x",
    });
    assert.equal(config.databaseUrl, "postgresql://ann@db.example:5433/shop?sslmode=require");
    assert.equal(config.port, 0);
    assert.equal(config.logLevel, "debug");
    assert.equal(config.smtpUrl, "smtps://mail.example");
    assert.equal(config.mailFrom, "Shop <shop@example.com>");
    assert.equal(config.serveJobs, "elsewhere");
    assert.equal(config.dataDir, ".orderwell");
  });

  test("lets a flag win over the environment, a wrong value there too", () => {
    assert.equal(readConfig({ PORT: "1" }, { port: "2" }).port, 2);
    assert.equal(readConfig({ PORT: "nonsense" }, { port: "2" }).port, 2);
    assert.equal(readConfig({ PORT: "1" }, { port: undefined }).port, 1);
    assert.equal(readConfig({ DATA_DIR: "a" }, { "data-dir": "b" }).dataDir, "b");
  });

  test("takes trusted proxies as addresses and networks, and as nothing else", () => {
    assert.equal(
      readConfig({ TRUST_PROXY: "10.0.0.0/8, ::1,2001:db8::/32" }).trustedProxies,
      "10.0.0.0/8,::1,2001:db8::/32",
    );
    for (const wrong of [
      "true",
      "1",
      "10.0.0.0/33",
      "10.0.0/8",
      "::1/129",
      "10.0.0.1,",
      "10.0.0.1/8/8",
      "proxy.example",
    ]) {
      assert.match(wrongs({ TRUST_PROXY: wrong })[0] ?? "", /^TRUST_PROXY is .* must be addresses or networks/, wrong);
    }
  });

  test("takes an empty variable for none, and refuses an empty flag", () => {
    assert.equal(readConfig({ PORT: "", DATA_DIR: "" }).port, 8080);
    assert.deepEqual(wrongs({ PORT: "1" }, { port: "", host: "" }), ["--host is empty.", "--port is empty."]);
  });

  test("names every wrong setting at once, by where it came from", () => {
    assert.deepEqual(
      wrongs(
        { LOG_LEVEL: "loud", PAYMENT_SERVICE_URL: "ftp://pay.example", DATABASE_CONNECTIONS: "1", HOST: "0.0.0.0" },
        { port: "65536", jobs: "anywhere" },
      ),
      [
        '--port is "65536"; it must be a whole number from 0 to 65535.',
        'LOG_LEVEL is "loud"; it must be trace or debug or info or warn or error or silent.',
        'DATABASE_CONNECTIONS is "1"; it must be a whole number from 2 to 200.',
        '--jobs is "anywhere"; it must be here or elsewhere.',
        'PAYMENT_SERVICE_URL is "ftp://pay.example"; it must be a URL that begins with http:// or https://.',
      ],
    );
  });

  for (const [env, given] of [
    ["PORT", "80.5"],
    ["PORT", "-1"],
    ["PORT", "+80"],
    ["PORT", " 80"],
    ["PORT", "0x50"],
    ["PORT", "8e1"],
    ["PORT", "８０"],
    ["PORT", "99999999999999999999"],
    ["PORT", "80;"],
    ["LOG_LEVEL", "DEBUG"],
    ["LOG_LEVEL", "constructor"],
    ["DATABASE_URL", "localhost:5432"],
    ["DATABASE_URL", "mysql://localhost/shop"],
    ["DATABASE_URL", "postgres//localhost"],
    ["NOTIFICATION_SERVICE_URL", "javascript:alert(1)"],
    ["SMTP_URL", "http://mail.example"],
  ] as const) {
    test(`refuses ${env} "${given}"`, () => {
      const [wrong, ...others] = wrongs({ [env]: given });
      assert.ok(wrong?.startsWith(`${env} is "${given}"; it must be `), wrong);
      assert.deepEqual(others, []);
    });
  }

  const secret = Buffer.alloc(24, "k").toString("base64");
  test("takes webhook secrets of 24 bytes, several while they rotate", () => {
    for (const given of [secret, `whsec_${secret}`, `whsec_${secret}, ${secret}`])
      assert.equal(readConfig({ PAYMENT_WEBHOOK_SECRETS: given }).paymentWebhookSecrets, given);
  });

  for (const given of [
    "hunter2",
    `whsec_${secret.slice(0, 30)}`,
    `${secret},`,
    `${secret},hunter-2-is-no-base64-of-24-bytes!`,
  ])
    test(`refuses the webhook secrets ${given}, and keeps them to itself`, () => {
      assert.deepEqual(wrongs({ PAYMENT_WEBHOOK_SECRETS: given }), [
        "PAYMENT_WEBHOOK_SECRETS must be base64 of 24 bytes or more, with whsec_ before it; several joined by commas.",
      ]);
    });

  test("takes the ends of a range and nothing beyond", () => {
    assert.equal(readConfig({ DATABASE_CONNECTIONS: "2" }).databaseConnections, 2);
    assert.equal(readConfig({ DATABASE_CONNECTIONS: "200" }).databaseConnections, 200);
    assert.equal(wrongs({ DATABASE_CONNECTIONS: "201" }).length, 1);
  });

  for (const given of ["mysql://ann:hunter2@db.example/shop", "ann:hunter2@db.example", "mysql://ann:hun@ter2@db"]) {
    test(`keeps the password to itself when it refuses ${given}`, () => {
      const [wrong = ""] = wrongs({ DATABASE_URL: given });
      assert.ok(wrong.startsWith("DATABASE_URL is "), wrong);
      assert.doesNotMatch(wrong, /hun|ter2/);
      assert.match(wrong, /db/);
    });
  }
});

describe("parseFlags", () => {
  test("knows the flags of settings, the command's own, and help", () => {
    const own = { json: { type: "boolean" }, scope: { type: "string" } } as const;
    const { values, positionals } = parseFlags(["create", "--port", "1", "--scope=full", "--json", "-h"], own);
    assert.deepEqual({ ...values }, { port: "1", scope: "full", json: true, help: true });
    assert.deepEqual(positionals, ["create"]);
    assert.equal(readConfig({}, values).port, 1);
  });

  for (const args of [["--prot", "1"], ["--json"], ["-p"], ["--help=yes"], ["--port"]]) {
    test(`refuses ${args.join(" ")} by name`, () => {
      const named = new RegExp(args[0]?.replace("=yes", "") ?? "");
      assert.throws(() => parseFlags(args, {}), named);
    });
  }

  test("has a flag for nothing that must not stand in a list of processes", () => {
    const flags = Object.values(settings).flatMap((setting) => ("flag" in setting ? [setting.env] : []));
    assert.deepEqual(
      flags.filter((name) => /SECRET|TOKEN|FAILPOINTS/.test(name)),
      [],
    );
  });
});
