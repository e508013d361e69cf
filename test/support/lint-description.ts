import { createConfig, lintFromString } from "@redocly/openapi-core";

/** What the linter finds wrong: the rule, where as a JSON pointer, and a sentence. */
export interface Finding {
  readonly rule: string;
  readonly pointer: string;
  readonly sentence: string;
}

/** Lints an OpenAPI document by Redocly's strictest ruleset, and by what that leaves open and we hold to. */
export async function lintDescription(document: object): Promise<Finding[]> {
  const config = await createConfig({
    extends: ["recommended-strict"],
    rules: {
      "operation-tag-defined": "error",
      "operation-singular-tag": "error",
      "parameter-description": "error",
      "operation-4xx-problem-details-rfc7807": "error",
      "path-http-verbs-order": "off",
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(({ ruleId, message, location: [place] }) => ({
    rule: ruleId,
    pointer: place?.pointer ?? "",
    sentence: message,
  }));
}
