/**
 * Who may import whom. `npm run check` runs it over src; test/architecture/imports.test.ts proves that every rule can fail.
 * Tests beside the code are read too, so that nothing in src can import one, but the ladder does not bind them.
 */

/** A folder imports only folders on rungs before its own. ARCHITECTURE.md prints this; a test compares both with the disk. */
const ladder = [
  ["platform"],
  ["events", "http"],
  ["audit"],
  ["identity", "tasks"],
  ["catalog", "customers"],
  ["payments", "fulfillment"],
  ["carts"],
  ["orders"],
  ["checkout", "notifications", "imports"],
  ["cli"],
];

/** Folders without one face: what every module stands on is imported by file, and so are the operator commands. */
const importedByFile = ["platform", "http"];

const testFile = "\\.test\\.ts$";
const source = { pathNot: testFile };

const rungs = ladder.flatMap((folders, rung) =>
  folders.map((folder) => {
    const below = ladder.slice(0, rung).flat();
    return {
      name: `ladder-${folder}`,
      severity: "error",
      comment: `src/${folder} stands on rung ${rung}: it imports ${below.join(", ") || "nothing"} and itself.`,
      from: { path: `^src/${folder}/`, ...source },
      to: { path: "^src/", pathNot: `^src/(${[folder, ...below].join("|")})/` },
    };
  }),
);

const faces = [
  {
    name: "through-the-face",
    severity: "error",
    comment: "A module is imported through its index.ts; platform and http by file.",
    from: { path: "^src/([^/]+)/", ...source },
    to: { path: "^src/[^/]+/", pathNot: ["^src/$1/", `^src/(${importedByFile.join("|")})/`, "/index\\.ts$"] },
  },
  {
    name: "app-imports-faces-and-edges",
    severity: "error",
    comment: "app.ts and main.ts see of a module its face, routes, jobs and clients, never its statements or verbs.",
    from: { path: "^src/[^/]+\\.ts$", ...source },
    to: {
      path: "^src/[^/]+/",
      pathNot: [`^src/(${importedByFile.join("|")})/`, "/index\\.ts$", "-(routes|jobs|client)\\.ts$"],
    },
  },
  {
    name: "wired-in-app",
    severity: "error",
    comment: "Routes and jobs are put together in app.ts alone, and in the wire-*.ts beside it that it is made of.",
    from: { pathNot: ["^src/(app|wire-[a-z]+)\\.ts$", testFile] },
    to: { path: "-(routes|jobs)\\.ts$" },
  },
];

const noun = `^src/(?!(?:platform|http|cli)/)([^/]+)/(?!index\\.ts$)[a-z0-9]+\\.ts$`;

const kinds = [
  {
    name: "nouns-are-pure",
    severity: "error",
    comment: "A one-word file has no SQL and no outside calls. It may name a verb, which it cannot call without a Tx.",
    from: { path: noun },
    to: {
      path: ["-(queries|client|routes|jobs|flow)\\.ts$", "^src/platform/"],
      pathNot: ["^src/platform/(money|errors|ids|jobs|db|clock)\\.ts$"],
    },
  },
  {
    name: "nouns-open-nothing",
    severity: "error",
    comment: "A one-word file does no I/O: of packages and built-in modules it knows schemas and hashes.",
    from: { path: noun },
    to: {
      dependencyTypes: ["core", "npm", "npm-dev", "npm-optional", "npm-no-pkg"],
      pathNot: ["node_modules/typebox/", "^(node:)?crypto$"],
    },
  },
  {
    name: "nouns-take-no-transaction",
    severity: "error",
    comment: "A one-word file that names Tx, Sql or a Clock, even as a type, is a verb: give it a verb's name.",
    from: { path: noun },
    to: { path: "^src/platform/(db|clock)\\.ts$" },
  },
  {
    name: "queries-hold-statements-only",
    severity: "error",
    comment: "A *-queries.ts imports platform and its own nouns.",
    from: { path: "^src/([^/]+)/.*-queries\\.ts$" },
    to: { pathNot: ["^src/platform/", "^src/$1/(?!index\\.ts$)[a-z0-9]+\\.ts$"] },
  },
  {
    name: "routes-decide-nothing",
    severity: "error",
    comment: "A *-routes.ts imports verbs and flows, never statements or clients.",
    from: { path: "-routes\\.ts$" },
    to: { path: "-(queries|client)\\.ts$" },
  },
  {
    name: "verbs-call-no-flows",
    severity: "error",
    comment: "A flow calls the outside world, so no verb may start one: its transaction would be open meanwhile.",
    from: { path: "^src/[^/]+/", pathNot: ["-(flow|jobs|routes)\\.ts$", "/index\\.ts$", "^src/cli/", testFile] },
    to: { path: "-flow\\.ts$" },
  },
  {
    name: "clients-are-used-at-the-edge",
    severity: "error",
    comment: "Adapters of outside systems are used by flows, jobs and app.ts.",
    from: { path: "^src/", pathNot: ["-(flow|jobs|client)\\.ts$", "^src/(app|main|wire-[a-z]+)\\.ts$", testFile] },
    to: { path: "-client\\.ts$" },
  },
];

const packages = [
  {
    name: "sockets-in-clients",
    severity: "error",
    comment: "Only *-client.ts opens sockets; platform has the database's, http the server's.",
    from: { path: "^src/", pathNot: ["^src/(platform|http)/", "-client\\.ts$", testFile] },
    to: {
      // A type opens nothing.
      dependencyTypesNot: ["type-only"],
      path: [
        "^(node:)?(net|http|https|http2|tls|dgram|dns)(/promises)?$",
        "node_modules/(@types/)?(undici|nodemailer)/",
      ],
    },
  },
  {
    name: "fastify-in-http-and-routes",
    severity: "error",
    comment: "Fastify is known to http/ and the routes alone.",
    from: { path: "^src/", pathNot: ["^src/http/", "-routes\\.ts$", testFile] },
    to: { path: "node_modules/(fastify|@fastify|@scalar)/" },
  },
  {
    name: "postgres-in-platform",
    severity: "error",
    comment: "The driver and the job queue are known to platform/ alone.",
    from: { path: "^src/", pathNot: ["^src/platform/", testFile] },
    to: { path: "node_modules/(@types/)?(pg|graphile-worker)/" },
  },
  {
    name: "no-development-packages",
    severity: "error",
    comment: "What the program imports is installed with it.",
    from: { path: "^src/", ...source },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "node_modules/@types/" },
  },
];

const shape = [
  {
    name: "no-cycles",
    severity: "error",
    comment: "Files that import each other cannot be read one after the other.",
    from: { path: "^src/" },
    to: { circular: true },
  },
  {
    name: "no-missing-files",
    severity: "error",
    comment: "An import must be found.",
    from: { path: "^src/" },
    to: { couldNotResolve: true },
  },
  {
    name: "no-tests-in-the-program",
    severity: "error",
    comment: "The program imports no test, no bench and no script.",
    from: { path: "^src/", ...source },
    to: { path: [testFile, "^(test|bench|scripts|web|client)/"] },
  },
  {
    name: "no-orphans",
    severity: "error",
    comment: "Every file of src is reached from main.ts; what is dead is deleted.",
    from: { path: "^src/main\\.ts$" },
    to: { path: "^src/", pathNot: testFile, reachable: false },
  },
];

module.exports = {
  forbidden: [...rungs, ...faces, ...kinds, ...packages, ...shape],
  options: {
    doNotFollow: { path: "node_modules" },
    // Reads `import type` too: a rule about who knows whom is about types as much as values.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: `${__dirname}/tsconfig.json` },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["node", "import", "types", "default"] },
  },
};

// Kept out of what dependency-cruiser validates, within reach of the test that compares it with ARCHITECTURE.md.
Object.defineProperty(module.exports, "ladder", { value: ladder, enumerable: false });
