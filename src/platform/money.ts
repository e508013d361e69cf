/**
 * How many decimals a currency has, for every code in use.
 * Source: ISO 4217:2015 list one, as amended in 2025. `Intl` differs from it in 16 currencies, so it is not asked.
 */
const exponents: ReadonlyMap<string, number> = new Map([
  ...codes(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
  ...codes(
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
     COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
     INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
     MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
     STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  ),
  ...codes(3, "BHD IQD JOD KWD LYD OMR TND"),
  ...codes(4, "CLF UYW"),
]);

function codes(exponent: number, list: string): [string, number][] {
  return list.split(/\s+/).map((code) => [code, exponent]);
}

/** The most that one order may be worth, in minor units: it stays exact in a JSON number too. */
export const mostMinor = 10n ** 15n - 1n;

/** The number of decimals of a currency, or undefined for a code that no currency has. */
export function exponentOf(currency: string): number | undefined {
  return exponents.get(currency);
}

/** Every currency code that is understood. */
export function listCurrencies(): string[] {
  return [...exponents.keys()].sort();
}

// A JSON number. The exponent is kept small: 1e999999999 must not become a string of that length.
const decimal = /^(-?)(\d{1,40})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Why a decimal is no amount of a currency. */
export type AmountFault = "not_a_decimal" | "too_many_decimals";

/**
 * Reads a decimal in major units as minor units, exactly: `"1.234"` KWD is 1234, `"0.5"` JPY has too many decimals.
 * The text is the number as it was written; a double would already have lost some of it.
 */
export function parseMinor(text: string, exponent: number): bigint | AmountFault {
  const match = decimal.exec(text);
  if (!match) return "not_a_decimal";
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return 0n;
  const shift = Number(power) - fraction.length + exponent;
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : wholePart(digits, -shift);
  if (scaled === undefined) return "too_many_decimals";
  return sign === "-" ? -scaled : scaled;
}

function wholePart(digits: bigint, shift: number): bigint | undefined {
  const divisor = 10n ** BigInt(shift);
  return digits % divisor === 0n ? digits / divisor : undefined;
}

/** Writes minor units as a decimal in major units with one decimal at least, as v1 has it: `179600.0`, `0.3`, `1.234`. */
export function formatMajor(minor: bigint, exponent: number): string {
  const sign = minor < 0n ? "-" : "";
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent).replace(/0+$/, "");
  return `${sign}${whole}.${fraction === "" ? "0" : fraction}`;
}
