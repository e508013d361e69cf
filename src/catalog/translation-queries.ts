import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import type { Translation } from "./translation.ts";

const columns = "language, name, checkout_description, description, statement_descriptor";

export const setTranslationRow = change<Tx, { [Name in keyof Translation]: Translation[Name] } & { productId: string }>(
  "catalog.set_translation",
  `
  insert into catalog.product_translations (product_id, ${columns})
  values (:productId::uuid, :language, :name, :checkoutDescription, :description, :statementDescriptor)
      on conflict (product_id, language) do update
     set name = excluded.name, checkout_description = excluded.checkout_description,
         description = excluded.description, statement_descriptor = excluded.statement_descriptor`,
);

export const deleteTranslationRow = change<Tx, { productId: string; language: string }>(
  "catalog.delete_translation",
  "delete from catalog.product_translations where product_id = :productId::uuid and language = :language",
);

export const findTranslationRow = maybeOne<Sql, { productId: string; language: string }, Translation>(
  "catalog.find_translation",
  `
  select ${columns}
    from catalog.product_translations
   where product_id = :productId::uuid and language = :language`,
);

export const listTranslations = many<Sql, { productId: string; limit: number }, Translation>(
  "catalog.list_translations",
  `
  select ${columns}
    from catalog.product_translations
   where product_id = :productId::uuid
   order by language
   limit :limit`,
);

export const countTranslations = one<Sql, { productId: string }, { count: number }>(
  "catalog.count_translations",
  "select count(*)::int as count from catalog.product_translations where product_id = :productId::uuid",
);
