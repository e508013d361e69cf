import type { AccountLetterKind } from "../identity/index.ts";

/** What a letter about an account says. */
interface AccountWords {
  readonly subject: string;
  readonly heading: string;
  readonly message: string;
  /** The words of the link. */
  readonly action: string;
  /** What there is to know about the link, or when nothing was asked for. */
  readonly note: string;
}

/** Who invites, and to what; both lines of text already. */
interface About {
  readonly inviter: string;
  readonly subject: string;
  readonly shop: string;
}

type Wordings = Readonly<Record<AccountLetterKind, (about: About) => AccountWords>>;

const english: Wordings = {
  account_verification: () => ({
    subject: "Confirm your e-mail address",
    heading: "Confirm your e-mail address",
    message:
      "Somebody, most likely you, made an account with this address. It can be used once the address is confirmed.",
    action: "Confirm the address",
    note: "The link works for one day. If you did not make an account, do nothing: without it nobody can use one.",
  }),
  account_reset: () => ({
    subject: "Set a new password",
    heading: "Set a new password",
    message: "Somebody, most likely you, asked for a new password for the account with this address.",
    action: "Set a new password",
    note: "The link works for one hour, once. If you did not ask for it, do nothing: your password stays as it is.",
  }),
  account_known: () => ({
    subject: "You have an account already",
    heading: "You have an account already",
    message:
      "Somebody, most likely you, wanted to make an account with this address, which has one already. Sign in with it.",
    action: "Forgot the password? Set a new one",
    note: "If it was not you, do nothing: nothing was changed, and nobody was told that you have an account.",
  }),
  account_invitation: ({ inviter, subject }) => ({
    subject: `${inviter} invites you to ${subject}`,
    heading: `Join ${subject}`,
    message: `${inviter} invites you to the organization ${subject}.`,
    action: "See the invitation",
    note: "The link works for seven days. If you do not know who this is, do nothing.",
  }),
  staff_invitation: ({ inviter, subject, shop }) => ({
    subject: shop === "" ? "You are invited to work here" : `You are invited to work at ${shop}`,
    heading: "You are invited to work here",
    message: `${inviter} lets you in, in the role ${subject.replaceAll("_", " ")}.`,
    action: "Open your account",
    note: "The link works for seven days. If you do not know who this is, do nothing.",
  }),
};

const rolesInJapanese: Readonly<Record<string, string>> = {
  owner: "オーナー",
  manager: "マネージャー",
  support: "サポート",
  fulfilment: "出荷担当",
  read_only: "閲覧のみ",
};

const japanese: Wordings = {
  account_verification: () => ({
    subject: "メールアドレスの確認",
    heading: "メールアドレスの確認をお願いいたします",
    message: "このメールアドレスでアカウントの登録がありました。アドレスの確認が済むとご利用いただけます。",
    action: "メールアドレスを確認する",
    note: "リンクの有効期限は1日です。お心当たりのない場合は、何もなさらないでください。確認されないアカウントは誰も利用できません。",
  }),
  account_reset: () => ({
    subject: "パスワードの再設定",
    heading: "パスワードの再設定",
    message: "このメールアドレスのアカウントについて、パスワードの再設定のお申し込みがありました。",
    action: "新しいパスワードを設定する",
    note: "リンクの有効期限は1時間、ご利用は1回限りです。お心当たりのない場合は、何もなさらないでください。パスワードは変わりません。",
  }),
  account_known: () => ({
    subject: "すでにアカウントをお持ちです",
    heading: "すでにアカウントをお持ちです",
    message:
      "このメールアドレスで新しいアカウントの登録がありましたが、すでに登録されています。そのままログインしてください。",
    action: "パスワードをお忘れの場合は再設定する",
    note: "お心当たりのない場合は、何もなさらないでください。何も変更されておらず、アカウントの有無は誰にも知らされていません。",
  }),
  account_invitation: ({ inviter, subject }) => ({
    subject: `${inviter} さんから ${subject} への招待`,
    heading: `${subject} への招待`,
    message: `${inviter} さんが、あなたを組織「${subject}」に招待しています。`,
    action: "招待を見る",
    note: "リンクの有効期限は7日間です。お心当たりのない場合は、何もなさらないでください。",
  }),
  staff_invitation: ({ inviter, subject, shop }) => ({
    subject: shop === "" ? "スタッフとしての招待" : `${shop} のスタッフとしての招待`,
    heading: "スタッフとして招待されました",
    message: `${inviter} さんが、あなたを「${rolesInJapanese[subject] ?? subject}」として招待しています。`,
    action: "アカウントを開く",
    note: "リンクの有効期限は7日間です。お心当たりのない場合は、何もなさらないでください。",
  }),
};

/** The words for a kind of letter, in the language of its reader; English where we have no others. */
export function accountWords(kind: AccountLetterKind, language: "en" | "ja", about: About): AccountWords {
  return (language === "ja" ? japanese : english)[kind](about);
}
