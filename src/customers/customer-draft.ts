import { type Static, Type } from "typebox";

export const longestName = 200;
export const longestEmail = 254; // Source: RFC 5321, 4.5.3.1.3, less the angle brackets.
const longestPhone = 32; // E.164 has 15 digits; the rest is for how people write them.
export const longestLine = 200;
export const longestCity = 100;
const longestCode = 32; // As people write them: with spaces, dots and hyphens.

const text = (longest: number, example: string, description: string) =>
  Type.String({ maxLength: longest, description, examples: [example] });

/** What may be missing; null or an empty text say the same. */
const maybe = (longest: number, example: string, description: string) =>
  Type.Optional(Type.Union([Type.String({ maxLength: longest }), Type.Null()], { description, examples: [example] }));

const members = {
  name: text(longestName, "Erika Mustermann", "Who is billed."),
  email: text(longestEmail, "erika@example.com", "Where bills go."),
  phone: maybe(longestPhone, "+49 30 901820", "Digits with an optional `+`, and spaces, dots, hyphens and brackets."),
  company: maybe(longestName, "Mustermann GmbH", "The company, if one is billed."),
  tax_id: maybe(longestCode, "DE136695976", "The number by which the tax office knows who is billed."),
};

const addressMembers = {
  line1: text(longestLine, "Unter den Linden 1", "Street and number, or what stands for it."),
  line2: maybe(longestLine, "Hof links", "What else finds the door."),
  city: text(longestCity, "Berlin", "City, town or village."),
  region: maybe(longestCode, "DE-BE", "ISO 3166-2, with or without the country before it; some countries need it."),
  postal_code: maybe(longestCode, "10117", "As the country writes it; needed where it has them."),
  country: text(longestCode, "DE", "ISO 3166-1 alpha-2."),
};

const closed = { additionalProperties: false };

/** What somebody sends who fills in a form. */
export const exampleDraft = {
  name: "Erika Mustermann",
  email: "erika@example.com",
  company: "Mustermann GmbH",
  tax_id: "DE 136 695 976",
  address: { line1: "Unter den Linden 1", city: "Berlin", postal_code: "10117", country: "DE" },
};

/** A billing identity as it is sent. What has the form of one is checked by the rules of its country afterwards. */
export const CustomerDraft = Type.Object(
  { ...members, address: Type.Object(addressMembers, { ...closed, title: "AddressDraft" }) },
  { ...closed, title: "CustomerDraft", examples: [exampleDraft] },
);
export type CustomerDraft = Static<typeof CustomerDraft>;

/** What is to change of one; what is left out stays, and null takes away what may be missing. */
export const CustomerPatch = Type.Partial(
  Type.Object({
    ...members,
    address: Type.Partial(Type.Object(addressMembers), { ...closed, title: "AddressPatch" }),
  }),
  { ...closed, minProperties: 1, title: "CustomerPatch", examples: [{ phone: "+49 30 901820", company: null }] },
);
export type CustomerPatch = Static<typeof CustomerPatch>;
