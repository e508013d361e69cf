import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { limitHashing } from "./limit-hashing.ts";

// As the sign-in library has them, so that either reads what the other wrote. Source: OWASP, Password Storage, scrypt.
const cost = { N: 16_384, r: 16, p: 1 };
const keyBytes = 64;
const saltBytes = 16;
const memoryBytes = 2 * 128 * cost.N * cost.r;

const atOnce = 2; // Each takes 32 MiB and a core; more at once make nobody's turn come sooner.
const mostWaiting = 200; // As many as are done in ten seconds; whoever comes later would have given up.
const turn = limitHashing({ atOnce, mostWaiting });

function keyOf(password: string, salt: string): Promise<Buffer> {
  return turn(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password.normalize("NFKC"), salt, keyBytes, { ...cost, maxmem: memoryBytes }, (error, key) =>
          error ? reject(error) : resolve(key),
        );
      }),
  );
}

/**
 * What is kept of a password: `<salt>:<key>`. It takes a tenth of a second of a core on purpose.
 * @throws identity.busy
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes).toString("hex");
  return `${salt}:${(await keyOf(password, salt)).toString("hex")}`;
}

/**
 * Whether a password is the one of which the hash was kept.
 * @throws identity.busy
 */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [salt = "", kept = ""] = hash.split(":");
  const key = await keyOf(password, salt);
  const expected = Buffer.from(kept, "hex");
  return expected.length === key.length && timingSafeEqual(expected, key);
}
