import { readFile } from "node:fs/promises";
import { ImportOptions } from "../imports/index.ts";
import { type Call, WrongCall } from "./command.ts";

/** The flags by which the options of an import are given. */
export const optionFlags = {
  source: { type: "string", help: "Whose order references these are (cli, or what our own export says)." },
  payment: { type: "string", help: "none, recorded, or charge." },
  option: { type: "string", multiple: true, help: "name=value of another option, as in locale=de-DE; again for more." },
  mapping: { type: "string", multiple: true, help: '"Column=field": what a column is; again for more.' },
  options: { type: "string", help: "A file with options in JSON, as the API takes them; flags win over it." },
} as const;

const properties = ImportOptions.properties as Readonly<Record<string, { readonly type?: unknown }>>;

/** The options as they were typed, not looked at yet but for their names. */
export async function readOptionFlags({ flags }: Call): Promise<object> {
  const options: Record<string, unknown> = { ...(await fromFile(flags.options)) };
  for (const text of texts(flags.option)) {
    const [name, value] = pair(text, "--option", "name=value");
    options[name] = typed(name, value);
  }
  if (typeof flags.source === "string") options.source = flags.source;
  if (typeof flags.payment === "string") options.payment = flags.payment;
  const mapping = texts(flags.mapping).map((text) => pair(text, "--mapping", "Column=field"));
  if (mapping.length > 0) options.mapping = { ...(options.mapping as object), ...Object.fromEntries(mapping) };
  return options;
}

function texts(given: Call["flags"][string]): string[] {
  return Array.isArray(given) ? given.map(String) : [];
}

/** By the last sign: a column's name may have one, the name of a field has none. */
function pair(text: string, flag: string, shape: string): [string, string] {
  const at = text.lastIndexOf("=");
  if (at <= 0) throw new WrongCall(`${flag} is "${text}"; it must be ${shape}.`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function typed(name: string, value: string): unknown {
  const property = properties[name];
  if (!property || name === "mapping") {
    const names = Object.keys(properties).filter((known) => known !== "mapping");
    throw new WrongCall(`There is no option ${name}; there are ${names.join(", ")}.`);
  }
  if (property.type === "boolean" && (value === "true" || value === "false")) return value === "true";
  if (property.type === "integer" && /^\d{1,9}$/.test(value)) return Number(value);
  return value === "\\t" ? "\t" : value;
}

async function fromFile(path: Call["flags"][string]): Promise<object> {
  if (typeof path !== "string") return {};
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new WrongCall(`--options cannot be read: ${error.message}.`);
  });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, like JSON that is no object.
  }
  throw new WrongCall(`${path} must hold a JSON object with options.`);
}
