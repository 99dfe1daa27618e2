/**
 * The floors of the house, and the seams to what `effect` marks unstable. An arrow of the drawing in docs/architecture.md is a
 * "may import"; what is not drawn is forbidden. Type imports count. `scripts/test/floors.test.mjs` shows that each rule bites.
 *
 * TypeScript 7 has no parser for JavaScript to call, so swc reads the sources. It does not see `import("./x.ts").T` in a type:
 * oxlint's `consistent-type-imports` forbids that form.
 */

/** Each floor of core, and what it may import beside itself and `domain`. */
const floors = {
  domain: [],
  policy: [],
  provider: [],
  target: ["policy", "provider"],
  route: ["target", "policy", "provider"],
  layer: ["route", "target", "policy", "provider"],
  testing: ["route", "target", "policy", "provider"]
}

/**
 * What `effect` marks unstable, and the place of ours that may import it. `once`: by one file of that place. What is unstable and
 * has no row is imported by nobody.
 */
const seams = [
  { module: "persistence/CircuitBreaker", place: "core/src/(policy|target)/", once: true },
  { module: "persistence/RateLimiter", place: "(core/src/target|server/src/state)/", once: true },
  { module: "persistence/Redis", place: "server/src/state/", once: true },
  { module: "encoding/Sse", place: "core/src/provider/(Framing|framing/)", once: true },
  { module: "PartitionedSemaphore", place: "core/src/target/", once: true },
  { module: "Arbitrary", place: "core/src/testing/" },
  { module: "ai/", place: "core/src/layer/LanguageModel" },
  { module: "observability/", place: "(core/src/layer/(T|t)elemetry|server/src/)" },
  { module: "http/", place: "(server/src/(Server\\.ts|api/|http/|middleware/|dashboard/)|core/src/layer/telemetry/)" },
  { module: "http-api/", place: "server/src/(api|http)/" },
  { module: "sql/", place: "server/src/ledger/" },
  { module: "reactivity/", place: "server/src/ledger/" },
  { module: "cli/", place: "cli/src/" },
  { module: "(FileSystem|Path|PlatformError|Stdio|Terminal)\\.", place: "(cli/src|core/src/layer/config|server/src)/" }
]

/** Unstable as of effect 4.1: these folders whole, and these modules. */
const folders =
  "ai|cli|cluster|crypto|devtools|encoding|eventlog|graphql|http|http-api|net|observability|persistence|process|reactivity|rpc|schema|socket|sql|workers|workflow"
const modules =
  "Arbitrary|ByteSize|Bytes|ChannelSchema|ErrorReporter|ExecutionPlan|FileSystem|Glob|Graph|HashRing|LayerMap|LayerRef|Newtype|PartitionedSemaphore|Path|PlatformError|SemVer|SemVerRange|Stdio|Terminal|TextDiff|TxChunk"

const inEffect = (path) => `node_modules/effect/(dist|src)/${path}`
const source = "^packages/[a-z]+/src/"

const floorRules = Object.entries(floors).map(([floor, below]) => ({
  name: `floor-${floor}`,
  comment: `core/src/${floor} may import ${["itself", "domain", ...below].join(", ")}`,
  severity: "error",
  from: { path: `^packages/core/src/${floor}/` },
  to: { path: "^packages/core/src/", pathNot: `^packages/core/src/(${[floor, "domain", ...below].join("|")})/` }
}))

const seamRules = seams.flatMap(({ module, place, once }) => {
  const name = module.replaceAll(/[^A-Za-z-]+/g, "-").replaceAll(/^-|-$/g, "")
  const outside = {
    name: `seam-${name}`,
    comment: `effect's ${module} is imported in ${place} only`,
    severity: "error",
    from: { path: source, pathNot: `^packages/${place}` },
    to: { path: inEffect(module) }
  }
  const twice = {
    name: `seam-once-${name}`,
    comment: `effect's ${module} is imported by one file of ours`,
    severity: "error",
    from: { path: source },
    module: { path: inEffect(module), numberOfDependentsMoreThan: 1 }
  }
  return once === true ? [outside, twice] : [outside]
})

const packageRules = [
  {
    name: "core-stands-alone",
    comment: "core imports neither server nor cli",
    severity: "error",
    from: { path: "^packages/core/src/" },
    to: { path: "^packages/(server|cli)/|@orelse/(server|cli)" }
  },
  {
    name: "server-not-cli",
    comment: "server imports core, not cli",
    severity: "error",
    from: { path: "^packages/server/src/" },
    to: { path: "^packages/cli/|@orelse/cli" }
  },
  {
    name: "packages-by-name",
    comment: "one package imports another's sources by its name, never by a path; tests may share what helps tests",
    severity: "error",
    from: { path: "^packages/([a-z]+)/" },
    to: { path: "^packages/([a-z]+)/src/", pathNot: "^packages/$1/", dependencyTypes: ["local"] }
  },
  {
    name: "testing-is-for-tests",
    comment: "core/src/testing is for tests, ours and users'",
    severity: "error",
    from: { path: source, pathNot: "^packages/core/src/testing/" },
    to: { path: "^packages/core/src/testing/" }
  }
]

export default {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: { path: source }, to: { couldNotResolve: true } },
    ...packageRules,
    ...floorRules,
    ...seamRules,
    {
      name: "seam-unlisted",
      comment:
        "effect marks this unstable: give it a row in the seams of .dependency-cruiser.mjs, with the one place that needs it",
      severity: "error",
      from: { path: source },
      to: {
        path: inEffect(`((${folders})/|(${modules})\\.)`),
        pathNot: inEffect(`(${seams.map((seam) => seam.module).join("|")})`)
      }
    }
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/[a-z]+/(dist|test/fixtures)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@orelse/source", "import", "node", "default", "types"],
      extensions: [".ts", ".mts", ".js", ".mjs", ".json"]
    }
  }
}
