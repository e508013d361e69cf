import { readPostalCode } from "./src/customers/read-postal-code.ts";
import { readRegion } from "./src/customers/read-region.ts";
import { readTaxId } from "./src/customers/read-tax-id.ts";

for (const [t, c] of [
  ["de 136 695 976", "DE"],
  ["T7010001008844", "JP"],
  ["T1180301018771", "JP"],
  ["T7010001008845", "JP"],
  ["ABN 51 824 753 556", "AU"],
  ["27AAPFU0939F1ZV", "IN"],
  ["00.000.000/0001-91", "BR"],
  ["12.ABC.345/01DE-35", "BR"],
  ["529.982.247-25", "BR"],
  ["76.086.428-5", "CL"],
  ["923 609 016 MVA", "NO"],
  ["CHE-123.456.788 MWST", "CH"],
  ["CHE-116.281.710", "CH"],
  ["123456782 RT0001", "CA"],
  ["B12345674", "ES"],
  ["1234567WA", "IE"],
  ["123456789", "GR"],
  ["GR123456789", "GR"],
  ["999 9999 73", "GB"],
  ["DE136695976", "FR"],
  ["FR40303265045", "FR"],
  ["XI123456789", "GB"],
  ["12-3456789", "US"],
  ["GODE561231GR8", "MX"],
  ["AB12/34", "HK"],
])
  console.log(c, t, JSON.stringify(readTaxId(t, c)));
for (const [t, c] of [
  ["sw1a1aa", "GB"],
  ["１００−０００１", "JP"],
  ["1000001", "JP"],
  ["k1a0b1", "CA"],
  ["", "HK"],
  ["", "AE"],
  ["", "DE"],
  ["MD-2001", "MD"],
  ["DE-10115", "DE"],
  ["D02X285", "IE"],
  ["110 001", "IN"],
  ["01310100", "BR"],
  ["941031234", "US"],
  ["C1425", "AR"],
  ["999077", "HK"],
])
  console.log(c, t, JSON.stringify(readPostalCode(t, c)));
for (const [t, c] of [
  ["us-ca", "US"],
  ["", "US"],
  ["ZZ", "US"],
  ["", "JP"],
  ["13", "JP"],
  ["X", "HK"],
  ["AP", "US"],
])
  console.log(c, t, JSON.stringify(readRegion(t, c)));
