import type { Sql } from "../../src/platform/db.ts";
import { ask } from "./ask.ts";
import { eventually } from "./eventually.ts";

/** What stands behind `#key=` in the letter about an order, once it is there. */
export async function linkInLetter(sql: Sql, { id }: { readonly id: string }): Promise<string> {
  let link: string | undefined;
  await eventually("the letter is there", async () => {
    const [mail] = await ask<{ textBody: string }>(
      sql,
      "select text_body from notifications.mails where text_body like '%' || $1 || '%'",
      [`/orders/${id}#key=`],
    );
    link = /#key=([\w.-]+)/.exec(mail?.textBody ?? "")?.[1];
    return link !== undefined;
  });
  return link ?? "";
}
