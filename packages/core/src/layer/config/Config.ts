/**
 * The configuration: one YAML or JSON file, decoded whole before any of it is used, or the embedded default.
 *
 * Text → plain values with their places (`Source.ts`) → environment (`Environment.ts`) → Schema (`schema/File.ts`) → names looked up
 * (`Providers.ts`, `Policies.ts`, `Routes.ts`, `Parts.ts`). Every step adds its problems; all are reported together. Nothing here
 * opens a connection or reads the process: file system and environment are passed in.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import * as Environment from "./Environment.ts"
import * as Issues from "./Issues.ts"
import * as Known from "./Known.ts"
import * as Parts from "./Parts.ts"
import * as Policies from "./Policies.ts"
import * as Problem from "./Problem.ts"
import * as Providers from "./Providers.ts"
import * as Reader from "./Reader.ts"
import * as Routes from "./Routes.ts"
import { File } from "./schema/File.ts"
import * as Source from "./Source.ts"
import type { Config, ProviderConfig } from "./Types.ts"

export type * from "./Types.ts"

/**
 * Decodes a file's text: the configuration, or every problem in the order of the file.
 *
 * @stability stable
 * @category decoding
 * @since 0.1.0
 */
export const decode = (
  text: string,
  options: { readonly file: string; readonly env: Environment.Environment }
): Result.Result<Config, ReadonlyArray<Problem.Problem>> => {
  const source = Source.read(text, options.file)
  const problems = [...source.problems]
  if (source.value === undefined || source.value === null)
    return Result.fail(problems.length > 0 ? problems : [empty(options.file)])
  const expanded = Environment.expand(source.value, options.env)
  const decoded = decodeLenient(expanded)
  const findings = [...needed(expanded.unset), ...decoded.findings]
  if (decoded.file !== undefined) {
    const built = build(decoded.file, source.value, expanded.unset, options.env, options.file)
    findings.push(...built.findings)
    if (findings.length === 0 && problems.length === 0) return Result.succeed(built.config)
  }
  return Result.fail(Problem.sort([...problems, ...findings.map((finding) => Issues.toProblem(source, finding))]))
}

/**
 * What holds without a file: every known provider, each with the reason where its key is not set, and `demo`; SQLite ledger in
 * `./orelse.db`, state in memory.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const embedded = (env: Environment.Environment): Config => {
  const { config } = build({}, {}, [], env, undefined)
  const providers = new Map<string, ProviderConfig>()
  for (const name of Known.names) {
    const known = Known.of(name)
    if (known !== undefined && known.keys.length > 0) providers.set(name, Providers.fromProfile(name, known, env))
  }
  return { ...config, providers: new Map([...providers, ...config.providers]) }
}

const empty = (file: string): Problem.Problem => ({
  file,
  line: 1,
  column: 1,
  path: [],
  found: "nothing: the file is empty",
  expected: 'a configuration, at least "{}" (every key is optional), or no file at all'
})

/** Where a variable must be set, because nothing can be switched off instead. */
const needed = (unset: ReadonlyArray<Environment.Unset>): ReadonlyArray<Issues.Finding> =>
  unset
    .filter(({ path }) => path[0] === "policies" || (path[0] === "server" && path[1] !== "adminKey"))
    .map(({ path, name }) => mustBeSet(path, name))

const mustBeSet = (path: Problem.Path, name: string): Issues.Finding => ({
  path,
  at: "value",
  found: `a reference to ${name}, which is not set`,
  expected: `a variable that is set, or a default: \${${name}:-value}`
})

/** Parts of the file that are switched off where a value in them is not set. */
const optional = new Set(["providers", "callers", "ledger", "state", "telemetry"])

/** Decodes; values that are not set do not count as wrong in parts that are switched off for it. */
const decodeLenient = (
  expanded: Environment.Expanded
): { readonly file: File | undefined; readonly findings: ReadonlyArray<Issues.Finding> } => {
  const first = Issues.decode(File, expanded.value)
  if ("value" in first) return { file: first.value, findings: [] }
  const byPath = new Map(expanded.unset.map((one) => [Problem.renderPath(one.path), one]))
  const findings: Array<Issues.Finding> = []
  const removed: Array<Problem.Path> = []
  for (const finding of first.findings) {
    const unset = byPath.get(Problem.renderPath(finding.path))
    if (unset === undefined) findings.push(finding)
    else if (optional.has(String(unset.path[0]))) removed.push(unset.path)
    else if (unset.path[0] === "routes") findings.push(mustBeSet(unset.path, unset.name))
  }
  if (removed.length === 0 || findings.length > 0) return { file: undefined, findings }
  const second = Issues.decode(File, removed.reduce<unknown>(without, expanded.value))
  return "value" in second ? { file: second.value, findings } : { file: undefined, findings: second.findings }
}

/** A copy of a plain value without what stands at a path. */
const without = (value: unknown, path: Problem.Path): unknown => {
  const [step, ...rest] = path
  const object = Json.object(value)
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? without(item, rest) : (item as unknown)))
  if (object === undefined || step === undefined) return value
  const { [String(step)]: item, ...others } = object
  return rest.length === 0 ? others : { ...object, [String(step)]: without(item, rest) }
}

const build = (
  file: File,
  raw: unknown,
  unset: ReadonlyArray<Environment.Unset>,
  env: Environment.Environment,
  name: string | undefined
): { readonly config: Config; readonly findings: ReadonlyArray<Issues.Finding> } => {
  const { reader, findings, notes } = Reader.make({ file, raw, unset, env })
  const providers = Providers.read(reader)
  const policies = Policies.read(reader)
  const known = [...new Set([...Object.keys(file.providers ?? {}), ...providers.keys(), ...Known.names])]
  const provider = (id: string) => addKnown(providers, id, env) || file.providers?.[id] !== undefined
  const routeNames = new Set(Object.keys(file.routes ?? {}))
  const routes = Routes.read(reader, { policies, provider, providers: known, routes: routeNames })
  const isName = (text: string) =>
    routeNames.has(text) || (text.indexOf("/") > 0 && provider(text.slice(0, text.indexOf("/"))))
  const config: Config = {
    file: name,
    server: Parts.server(reader),
    policies,
    routes,
    callers: Parts.callers(reader, isName, [...routeNames]),
    ledger: Parts.ledger(reader),
    state: Parts.state(reader),
    telemetry: Parts.telemetry(reader),
    providers: withUnset(providers, unset),
    notes
  }
  return { config, findings }
}

/** A known provider that a route names is configured by its name alone. */
const addKnown = (providers: Map<string, ProviderConfig>, id: string, env: Environment.Environment): boolean => {
  if (providers.has(id)) return true
  const known = Known.of(id)
  if (known === undefined) return false
  providers.set(id, Providers.fromProfile(id, known, env))
  return true
}

/** See `Routes.ts`: the place of targets whose variable is not set. */
const withUnset = (
  providers: ReadonlyMap<string, ProviderConfig>,
  unset: ReadonlyArray<Environment.Unset>
): ReadonlyMap<string, ProviderConfig> => {
  const inRoutes = unset.filter((one) => one.path[0] === "routes").map((one) => one.name)
  if (inRoutes.length === 0) return providers
  const disabled = Environment.reason(inRoutes)
  return new Map(providers).set(Routes.unsetId, {
    ...Providers.demo,
    id: Routes.unsetId,
    family: Routes.unsetId,
    disabled
  })
}
