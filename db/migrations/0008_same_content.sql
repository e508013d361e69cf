-- Imports of one file under whatever source: the preview warns of them.

create index imports_by_content on imports.imports (content_hash, import_id);
