/** Check digits of tax ids that are written without spaces. */

function worthOf(character: string): number {
  return Number.parseInt(character, 36);
}

function weighted(text: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * worthOf(text[index] ?? "0"), 0);
}

/** Source: 国税庁, 法人番号の検査用数字: the first of 13 digits is 9 less the rest of the others' sum divided by 9. */
export function isJapaneseNumber(digits: string): boolean {
  return worthOf(digits[0] ?? "") === 9 - (weighted(digits.slice(1), [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]) % 9);
}

/** Source: Luhn, ISO/IEC 7812-1 annex B, for the digits of a Canadian business number. */
export function isLuhnNumber(digits: string): boolean {
  const doubled = [...digits].reverse().map((digit, index) => worthOf(digit) * (1 + (index % 2)));
  return doubled.reduce((sum, value) => sum + Math.floor(value / 10) + (value % 10), 0) % 10 === 0;
}

const letters = 36;

/** Source: GSTN, the last of a GSTIN's 15 characters: Luhn's way with 36 in place of 10. */
export function isIndianNumber(text: string): boolean {
  const products = [...text.slice(0, -1)].map((character, index) => worthOf(character) * (1 + (index % 2)));
  const sum = products.reduce((total, value) => total + Math.floor(value / letters) + (value % letters), 0);
  return worthOf(text.at(-1) ?? "") === (letters - (sum % letters)) % letters;
}

/** A check digit of Brazil: 11 less the rest, nought where that is no digit. Letters count as far as they are after `0`. */
function brazilianDigit(text: string, weights: readonly number[]): number {
  const sum = weights.reduce((total, weight, index) => total + weight * (text.charCodeAt(index) - 48), 0);
  return sum % 11 < 2 ? 0 : 11 - (sum % 11);
}

function endsWithDigits(text: string, first: readonly number[], second: readonly number[]): boolean {
  const expected = `${brazilianDigit(text, first)}${brazilianDigit(text, second)}`;
  return text.endsWith(expected) && new Set(text).size > 1;
}

const cnpj = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
const cpf = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Source: Receita Federal, CNPJ, since July 2026 with letters too (Instrução Normativa 2.229 of 2024), and CPF. */
export function isBrazilianNumber(text: string): boolean {
  return text.length > 11 ? endsWithDigits(text, cnpj.slice(1), cnpj) : endsWithDigits(text, cpf.slice(1), cpf);
}

/** Source: Brønnøysundregistrene, organisasjonsnummer. */
export function isNorwegianNumber(digits: string): boolean {
  return weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}

/** Source: Servicio de Impuestos Internos, dígito verificador of a RUT, K for ten. */
export function isChileanNumber(text: string): boolean {
  const sum = [...text.slice(0, -1)]
    .reverse()
    .reduce((total, digit, index) => total + worthOf(digit) * (2 + (index % 6)), 0);
  return text.at(-1) === "0123456789K0"[11 - (sum % 11)];
}
