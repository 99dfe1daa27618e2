/**
 * From a file's text to the configuration, or to every problem in it.
 *
 * Text → plain values with their places (`Source.ts`) → environment (`Environment.ts`) → Schema (`schema/File.ts`) → names looked up
 * (`Providers.ts`, `Policies.ts`, `Routes.ts`, `Parts.ts`). Every step adds its problems; all are reported together. It reads neither
 * the file system nor the process.
 */
import * as Result from "effect/Result"
import * as Json from "../../domain/Json.ts"
import * as TargetName from "../../domain/TargetName.ts"
import * as profiles from "../../provider/profiles.ts"
import * as Environment from "./Environment.ts"
import * as Issues from "./Issues.ts"
import * as Lenient from "./Lenient.ts"
import * as Parts from "./Parts.ts"
import * as Policies from "./Policies.ts"
import * as Problem from "./Problem.ts"
import * as Providers from "./Providers.ts"
import * as Proxies from "./Proxies.ts"
import * as Reader from "./Reader.ts"
import * as Routes from "./Routes.ts"
import { File } from "./schema/File.ts"
import * as Source from "./Source.ts"
import * as Spelling from "./Spelling.ts"
import type { Config, ProviderConfig } from "./Types.ts"

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
    return refused(problems.length > 0 ? problems : [empty(options.file)])
  const expanded = Environment.expand(filled(source.value), options.env)
  const decoded = Lenient.decode(expanded)
  const begun = expanded.malformed.map(unfinished)
  const wrong = [...begun, ...decoded.findings.filter((finding) => !isConsequence(finding, begun))]
  const findings = [...needed(decoded.unset), ...wrong]
  if (decoded.file !== undefined) {
    const built = build(decoded.file, source.value, decoded.unset, options.env, options.file)
    findings.push(...built.findings.filter((finding) => !isConsequence(finding, findings)))
    if (findings.length === 0 && problems.length === 0) return Result.succeed(built.config)
  }
  return refused([...problems, ...findings.map((finding) => Issues.toProblem(source, finding))])
}

const refused = (problems: ReadonlyArray<Problem.Problem>) =>
  Result.fail(Problem.sort(problems.map(Problem.withoutSecrets)))

/** `providers:` with nothing below it says nothing, and `openai:` below it says no more than that name. */
const filled = (value: unknown): unknown => {
  const file = Json.object(value)
  if (file === undefined) return value
  const sections = Object.entries(file).filter(([key, section]) => section !== null || !Object.hasOwn(File.fields, key))
  return Object.fromEntries(sections.map(([key, section]) => [key, key === "providers" ? named(section) : section]))
}

const named = (providers: Json.Json | undefined): unknown => {
  const object = Json.object(providers)
  if (object === undefined) return providers
  return Object.fromEntries(Object.entries(object).map(([id, provider]) => [id, provider ?? {}]))
}

/** Whether something is wrong only because a part of it was wrong before. */
const isConsequence = (finding: Issues.Finding, causes: ReadonlyArray<Issues.Finding>): boolean =>
  causes.some((cause) => Reader.startsWith(cause.path, finding.path) || Reader.startsWith(finding.path, cause.path))

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
  const known = Object.values(profiles.profiles).filter((profile) => profile.keys.length > 0 && profile.url !== "")
  const providers = known.map((profile) => [profile.name, Providers.fromProfile(profile, env)] as const)
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
    .filter(({ path: [part, key] }) => needs.has(String(part)) || (part === "server" && key !== "adminKey"))
    .map(Lenient.mustBeSet)

/** Sections of which nothing can be switched off. */
const needs = new Set(["policies", "failures"])

/** The rest of a key whose brace was forgotten would go to its provider as it is. */
const unfinished = (path: Problem.Path): Issues.Finding => ({
  path,
  at: "value",
  found: '"${" that begins no reference',
  expected: 'a reference such as ${NAME} or ${NAME:-default}; for a plain "${" write $${'
})

const build = (
  file: File,
  raw: unknown,
  unset: ReadonlyArray<Environment.Unset>,
  env: Environment.Environment,
  name: string | undefined
): { readonly config: Config; readonly findings: ReadonlyArray<Issues.Finding> } => {
  const { reader, findings, notes } = Reader.make({ file, raw, unset, env })
  Spelling.report(reader)
  const providers = Providers.read(reader)
  Proxies.noteUnread(reader)
  const policies = Policies.read(reader)
  const named = Object.keys(Json.object(Json.at(raw, "providers")) ?? {})
  const known = [...new Set([...named, ...providers.keys(), ...Providers.knownNames])]
  const provider = (id: string) => named.includes(id) || addKnown(providers, id, env)
  const routeNames = new Set(Object.keys(Json.object(Json.at(raw, "routes")) ?? {}))
  const routes = Routes.read(reader, { policies, provider, providers: known, routes: routeNames })
  const isName = (text: string) => {
    const target = TargetName.split(text)
    return routeNames.has(text) || (target !== undefined && provider(target.provider))
  }
  const config: Config = {
    file: name,
    server: Parts.server(reader),
    policies,
    routes,
    callers: Parts.callers(reader, isName, [...routeNames]),
    ledger: Parts.ledger(reader),
    state: Parts.state(reader),
    telemetry: Parts.telemetry(reader),
    failures: Parts.failures(reader),
    providers: withUnset(providers, unset),
    notes: [...notes.values()]
  }
  return { config, findings }
}

/** A known provider that a route names is configured by its name alone. */
const addKnown = (providers: Map<string, ProviderConfig>, id: string, env: Environment.Environment): boolean => {
  if (providers.has(id)) return true
  const known = profiles.find(id)
  if (known === undefined) return false
  providers.set(id, Providers.fromProfile(known, env))
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
