/**
 * The floors of the house, and the seams to what `effect` marks unstable. An arrow of the drawing in `docs/architecture.md` is a "may import";
 * what is not drawn is forbidden. Type imports count.
 */

/** Each floor of core and what it may import beside itself and `domain`. */
const floors = {
  domain: [],
  policy: [],
  provider: [],
  target: ["policy", "provider"],
  route: ["target", "policy", "provider"],
  layer: ["route", "target", "policy", "provider"],
  testing: ["route", "target", "policy", "provider"]
}

const floorRules = Object.entries(floors).map(([floor, below]) => ({
  name: `floor-${floor}`,
  comment: `core/${floor} may import ${["itself", "domain", ...below].join(", ")}`,
  severity: "error",
  from: { path: `^packages/core/src/${floor}/` },
  to: { path: "^packages/core/src/", pathNot: `^packages/core/src/(${[floor, "domain", ...below].join("|")})/` }
}))

/** Unstable modules of `effect`, and the one file (or folder of one concern) of ours that may import each. */
const seams = {
  "persistence/CircuitBreaker": "^packages/core/src/(policy|target)/[A-Za-z]*Breaker[A-Za-z]*\\.ts$",
  "persistence/RateLimiter": "^packages/core/src/target/[A-Za-z]*Limit[A-Za-z]*\\.ts$",
  "encoding/Sse": "^packages/core/src/provider/Framing\\.ts$",
  "http/HttpClient": "^packages/(core/src/layer/telemetry|server/src|cli/src)/",
  "ai/": "^packages/core/src/layer/LanguageModel",
  "http-api/": "^packages/server/src/(api|http)/"
}

const seamRules = Object.entries(seams).map(([module, file]) => ({
  name: `seam-${module.replaceAll("/", "-")}`,
  comment: `effect/${module} is imported by one place of ours`,
  severity: "error",
  from: { path: "^packages/[a-z]+/src/", pathNot: file },
  to: { path: `^effect/${module}|node_modules/effect/(dist|src)/${module}` }
}))

export default {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    ...floorRules,
    ...seamRules,
    {
      name: "core-stands-alone",
      severity: "error",
      from: { path: "^packages/core/src/" },
      to: { path: "^packages/(server|cli)/|@orelse/(server|cli)" }
    },
    {
      name: "server-not-cli",
      severity: "error",
      from: { path: "^packages/server/src/" },
      to: { path: "^packages/cli/|@orelse/cli" }
    },
    {
      name: "testing-is-for-tests",
      severity: "error",
      from: { path: "^packages/[a-z]+/src/", pathNot: "^packages/core/src/testing/" },
      to: { path: "^packages/core/src/testing/" }
    },
    {
      name: "packages-by-name",
      comment: "one package imports another by its name, never by a path",
      severity: "error",
      from: { path: "^packages/([a-z]+)/" },
      to: { path: "^packages/([a-z]+)/src", pathNot: "^packages/$1/", dependencyTypes: ["local"] }
    },
    { name: "resolvable", severity: "error", from: { path: "^packages/[a-z]+/src/" }, to: { couldNotResolve: true } }
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
