import type { AccountLetter } from "../identity/index.ts";
import { accountWords } from "./account-wording.ts";
import { type Correspondent, page, quiet, type Written } from "./letter.ts";
import { html, isolated, isolatedMarkup, type Markup, oneLine } from "./markup.ts";
import { wordingFor } from "./wording.ts";

/** A letter about an account, ready to go out by any channel. */
export interface AccountNotice extends Written {
  readonly kind: AccountLetter["kind"];
  readonly name: string;
  /** Where it leads, whole. */
  readonly link: string;
}

/** What is needed beside what identity wants to say. */
export interface AccountEnvelope {
  readonly id: string;
  readonly sender: Correspondent;
  /** Where this installation is reached. */
  readonly address: string;
}

const button =
  "display:inline-block;padding:12px 20px;border-radius:8px;background:#0b57d0;color:#fff;text-decoration:none";

/** Writes a letter about an account, in its reader's language. The same one gives the same letter. */
export function composeAccountLetter(letter: AccountLetter, { id, sender, address }: AccountEnvelope): AccountNotice {
  const wording = wordingFor(letter.locale);
  const [name, inviter, subject] = [letter.name, letter.inviter, letter.subject].map(oneLine) as [
    string,
    string,
    string,
  ];
  const words = accountWords(letter.kind, wording.language, {
    inviter: isolated(inviter),
    subject: isolated(subject),
    shop: sender.name,
  });
  const link = `${address}${letter.path}`;
  const { greeting } = wording;
  const text = [
    words.heading,
    ...(name === "" ? [] : [greeting.before + isolated(name) + greeting.after]),
    words.message,
    `${words.action}:\n${link}`,
    words.note,
    ...(sender.name === "" ? [] : [`-- \n${sender.name}`]),
    "",
  ].join("\n\n");
  const named = html`<p>${greeting.before}${isolatedMarkup(name)}${greeting.after}</p>`;
  const signed = html`<p style="${quiet};margin-top:32px">${sender.name}</p>`;
  const body: Markup = html`<!doctype html>
<html lang="${wording.language}" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${words.subject}</title></head>
<body style="${page}"><div style="max-width:560px;margin:auto">
<h1 style="font-size:22px;line-height:1.3;margin:0 0 16px">${words.heading}</h1>
${name === "" ? [] : named}<p>${words.message}</p>
<p style="margin:24px 0"><a href="${link}" style="${button}">${words.action}</a></p>
<p style="${quiet}">${words.note}</p>${sender.name === "" ? [] : signed}</div></body></html>
`;
  return {
    messageId: `${id}.${letter.kind}@${sender.address.slice(sender.address.lastIndexOf("@") + 1)}`,
    sender,
    recipient: letter.recipient,
    locale: letter.locale,
    kind: letter.kind,
    name,
    link,
    subject: words.subject,
    text,
    html: body.markup,
  };
}
