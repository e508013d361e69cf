import { createHmac } from "node:crypto";
import { sessionCookie } from "./session.ts";

/** Where a request to the sign-in library comes from, in which language it is answered by letter, and whose it is. */
export interface LibraryCall {
  readonly path: string;
  /** Asked by GET when there is no body. */
  readonly body?: object;
  readonly query?: Readonly<Record<string, string>>;
  readonly origin: { readonly address: string; readonly agent: string };
  /** Of the letters that follow. */
  readonly locale?: string;
  /** Of the session in whose name it is asked. */
  readonly token?: string;
}

/** The sign-in library: it is loaded with the first call, and commits what it does by itself. */
export interface AuthLibrary {
  /** Answers what the library said; throws a `LibraryRefusal` when it said no. */
  call(call: LibraryCall): Promise<object>;
  close(): Promise<void>;
}

/** What the library said no by. */
export class LibraryRefusal extends Error {
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, retryAfterSeconds?: number) {
    super(`The sign-in library refused: ${code}.`);
    this.name = "LibraryRefusal";
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The library's own secret: nothing that it signs is good for anything of ours. */
export function librarySecret(secret: string): string {
  return createHmac("sha256", secret).update("sign-in library").digest("base64url");
}

/** The cookie by which the library knows a session. Source: better-call 1.4, signed cookies. */
export function libraryCookie(token: string, secret: string): string {
  const signature = createHmac("sha256", librarySecret(secret)).update(token).digest("base64");
  return `${sessionCookie}=${encodeURIComponent(`${token}.${signature}`)}`;
}
