import type { Guard } from "./read-repository.ts";

const testFile = /^(src|test|client)\/.*\.test\.ts$/;
const put = /\b(?:test|it|describe|suite)\.(skip|only|todo)\b|\b(skip|only|todo): true\b/g;
const title = /^( *)(?:test|describe)\(\s*("[^"$]*")/gm;

/** A test that does not run proves nothing; one that cannot run on a system says in a sentence what it lacks. */
export const idleTests: Guard = (files) =>
  files
    .filter(({ path }) => testFile.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(put)].map(([, word, option]) => `${path} has a test that is put to ${word ?? option}.`),
    );

/** The report names a test by its group and title alone. */
export const repeatedTitles: Guard = (files) =>
  files
    .filter(({ path }) => testFile.test(path))
    .flatMap(({ path, text }) => {
      const seen = new Set<string>();
      const twice: string[] = [];
      let group = "";
      for (const [whole, indent, name = ""] of text.matchAll(title)) {
        const called = whole.includes("describe(") ? name : `${group}${name}`;
        if (whole.includes("describe(") && indent === "") group = name;
        if (seen.has(called)) twice.push(`${path} has two tests called ${name}.`);
        seen.add(called);
      }
      return twice;
    });

/** A test without a look at the outcome can only fail by accident. */
export const blindTests: Guard = (files) =>
  files
    .filter(({ path }) => testFile.test(path))
    .filter(({ text }) => /\btest\(/.test(text) && !/\bassert\b|\bassert[A-Z]\w*\(|\beventually\(/.test(text))
    .map(({ path }) => `${path} looks at no outcome.`);
