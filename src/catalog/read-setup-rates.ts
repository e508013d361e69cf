import { parseTime } from "../http/parse-time.ts";
import { placeFaults } from "./check-place.ts";
import { type SetupTaxRate, taxRateName } from "./setup.ts";
import { TaxRateEntry } from "./setup-draft.ts";
import { formOf, type Refuse, refuseTwins } from "./setup-form.ts";
import { parsePercentage, taxTermsFaults } from "./taxation.ts";

const isTaxRate = formOf<TaxRateEntry>(TaxRateEntry);

/** The tax rates of a file. */
export async function readTaxRates(entries: readonly unknown[], list: string, refuse: Refuse): Promise<SetupTaxRate[]> {
  const rates: SetupTaxRate[] = [];
  for (const [index, entry] of entries.entries()) {
    const pointer = `${list}/${index}`;
    if (!isTaxRate(entry, pointer, refuse)) continue;
    const rate = readTaxRate(entry, pointer, refuse);
    for (const fault of [...(await placeFaults(rate)), ...taxTermsFaults(rate)]) {
      refuse(`${pointer}${fault.pointer}`, fault.detail);
    }
    rates.push(rate);
  }
  refuseTwins(rates, taxRateName, (rate) => refuse(rate.pointer, `Another rate is for ${taxRateName(rate)}, too.`));
  return rates;
}

const sinceEver = new Date("1970-01-01T00:00:00Z");

function readTaxRate(entry: TaxRateEntry, pointer: string, refuse: Refuse): SetupTaxRate {
  const { name, country, region = null, tax_code: taxCode = null, inclusive, valid_from, valid_until } = entry;
  const rateMillionths = parsePercentage(String(entry.percentage));
  if (rateMillionths === undefined) {
    refuse(`${pointer}/percentage`, "Must be a number from 0 to 100 with at most four decimals.");
  }
  const moment = (text: string | null | undefined, member: string) => {
    const time = typeof text === "string" ? readMoment(text) : null;
    if (time === undefined) {
      refuse(`${pointer}/${member}`, "Must be a date such as 2019-10-01, or a time such as 2019-10-01T00:00:00+09:00.");
    }
    return time ?? null;
  };
  return {
    name,
    rateMillionths: rateMillionths ?? 0,
    country,
    region,
    taxCode,
    inclusive,
    validFrom: moment(valid_from, "valid_from") ?? sinceEver,
    validUntil: moment(valid_until, "valid_until"),
    pointer,
  };
}

const dateOrTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2}))?$/;

/** A day begins in UTC; one that its month does not have is none. */
function readMoment(text: string): Date | undefined {
  const day = text.slice(0, "2019-10-01".length);
  if (!dateOrTime.test(text) || parseTime(day)?.toISOString().startsWith(day) !== true) return undefined;
  return parseTime(text);
}
