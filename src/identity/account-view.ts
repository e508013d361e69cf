import { type Static, Type } from "typebox";
import { longestEmail, longestName, longestPassword, longestToken, shortestPassword } from "./limits.ts";
import { staffRoles } from "./role.ts";
import type { Session } from "./session.ts";

const email = "tanaka@example.co.jp";
const password = "correct horse battery staple";
const strict = { additionalProperties: false };

/** A line of somebody's own: something is in it, and no control character. */
export const Name = Type.String({
  minLength: 1,
  maxLength: longestName,
  pattern: "^(?=.*\\S)[^\\p{Cc}]+$",
  examples: ["田中太郎"],
});
export const Email = Type.String({ format: "email", maxLength: longestEmail, examples: [email] });
const Password = Type.String({ maxLength: longestPassword, examples: [password] });
const NewPassword = Type.String({ minLength: shortestPassword, maxLength: longestPassword, examples: [password] });
const Token = Type.String({
  minLength: 1,
  maxLength: longestToken,
  description: "What stands behind `#token=` in the link of the letter.",
  examples: ["q3ZkT0b9mB6oVqJ2r8sW1yXc"],
});

export const SignUpBody = Type.Object({ name: Name, email: Email, password: NewPassword }, strict);
export const SignInBody = Type.Object({ email: Email, password: Password }, strict);
export const TokenBody = Type.Object({ token: Token }, strict);
export const EmailBody = Type.Object({ email: Email }, strict);
export const ResetBody = Type.Object({ token: Token, password: NewPassword }, strict);
export const SetupBody = Type.Object({ token: Token, name: Name, email: Email, password: NewPassword }, strict);
export const ChangePasswordBody = Type.Object({ current_password: Password, password: NewPassword }, strict);
export const ProfileBody = Type.Object({ name: Name }, strict);

export const UserView = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    name: Type.String({ examples: ["田中太郎"] }),
    email: Type.String({ examples: [email] }),
    email_verified: Type.Boolean({ examples: [true] }),
    staff_role: Type.Union([Type.Enum([...staffRoles]), Type.Null()], {
      description: "In which role the user works here; null for those who do not.",
      examples: [null],
    }),
  },
  { title: "User" },
);

export const SessionView = Type.Object(
  {
    user: Type.Union([UserView, Type.Null()], { description: "Null when nobody is signed in." }),
    expires_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
      description: "When it ends if nothing is done; null when nobody is signed in.",
    }),
  },
  { title: "Session" },
);

export const DoneView = Type.Object(
  { status: Type.String({ description: "What will happen or is done, the same whoever asks.", examples: ["done"] }) },
  { title: "AccountStep" },
);

export function userView(session: Session): Static<typeof UserView> {
  const { userId, name, email: address, emailVerified, staffRole } = session;
  return { id: userId, name, email: address, email_verified: emailVerified, staff_role: staffRole };
}

export function sessionView(session: Session | undefined): Static<typeof SessionView> {
  if (!session) return { user: null, expires_at: null };
  return { user: userView(session), expires_at: session.expiresAt.toISOString() };
}
