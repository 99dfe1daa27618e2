/**
 * `routes:` from the file to `Route` values; names are looked up, circles refused.
 *
 * An element whose variable is not set stays in its place as a target of the provider `unset`, which is always disabled with the
 * reason: the call moves on or fails with why, and nothing is sent elsewhere.
 */
import * as Nearest from "../../domain/Nearest.ts"
import * as TargetName from "../../domain/TargetName.ts"
import * as RetryPolicy from "../../policy/RetryPolicy.ts"
import * as Route from "../../route/Route.ts"
import * as Json from "../../domain/Json.ts"
import * as Policies from "./Policies.ts"
import * as Presets from "./Presets.ts"
import type { Path } from "./Problem.ts"
import { unsetAt, type Reader } from "./Reader.ts"
import * as Spelling from "./Spelling.ts"
import type * as Schema from "./schema/Route.ts"
import type { RouteConfig } from "./Types.ts"
import * as Ways from "./Ways.ts"

/** What names may mean. @stability experimental @category models @since 0.1.0 */
export interface Names {
  readonly policies: ReadonlyMap<string, RetryPolicy.RetryPolicy>
  /** Whether a provider may be named; what is known but not configured is added by asking. */
  readonly provider: (id: string) => boolean
  readonly providers: ReadonlyArray<string>
  readonly routes: ReadonlySet<string>
}

/** The provider that stands for targets whose variable is not set. @stability stable @category constants @since 0.1.0 */
export const unsetId = "unset"

/**
 * Every route of the file.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const read = (reader: Reader, names: Names): ReadonlyMap<string, RouteConfig> => {
  const references: Array<Ways.Reference> = []
  const routes = new Map<string, RouteConfig>()
  for (const [name, element] of Object.entries(reader.file.routes ?? {})) {
    const path = ["routes", name]
    const onReference = (to: string, at: Path) => void references.push({ from: name, to, path: at })
    const route = readElement({ reader, names, self: name, onReference }, element, path)
    routes.set(name, { name, route, policy: policyAround(route), source: Json.at(reader.raw, ...path) })
  }
  Ways.report(reader, routes, references)
  return routes
}

/** The policy around the whole of a route. */
const policyAround = ({ node }: Route.Route): RetryPolicy.RetryPolicy => {
  if (node._tag === "Retry") return node.policy
  return node._tag === "Deadline" || node._tag === "Budget" ? policyAround(node.route) : RetryPolicy.recommended
}

/** Where an element stands: which file, which route, what names mean. */
interface Place {
  readonly reader: Reader
  readonly names: Names
  /** The route that is being read. */
  readonly self: string
  readonly onReference: (to: string, path: Path) => void
}

const readElement = (place: Place, value: Schema.Element, path: Path): Route.Route => {
  if (typeof value === "string") return readName(place, value, path)
  if (isList(value)) return readList(place, value, path)
  if ("preset" in value) return readAround(place, readPreset(place, value, path), value, path)
  if ("balance" in value) return readAround(place, readBalance(place, value, path), value, path)
  const members = value.try.map((item, index) => readElement(place, item, [...path, "try", index]))
  const { policy, ...rest } = value
  const whole = Presets.over(named(place, policy), members)
  if (whole === undefined) return readAround(place, chain(members), value, path)
  return readAround(place, whole, rest, path)
}

const readList = (place: Place, list: ReadonlyArray<Schema.Element>, path: Path): Route.Route =>
  chain(list.map((item, index) => readElement(place, item, [...path, index])))

const chain = (members: ReadonlyArray<Route.Route>): Route.Route =>
  members.reduce((left, right) => left.pipe(Route.orElse(right)))

/** A policy of a name, or one that begins as such. */
const named = ({ names, self }: Place, value: Schema.Around["policy"]): RetryPolicy.RetryPolicy | undefined => {
  const from = names.policies.get((typeof value === "string" ? value : value?.from) ?? "")
  return from === undefined || typeof value !== "object" ? from : Policies.make(value, `of ${self}`, from)
}

const readPreset = (place: Place, value: Schema.Preset, path: Path): Route.Route => {
  const target = (text: string, ...at: Path) => readTarget(place, text, [...path, ...at])
  const element = (item: Schema.Element, ...at: Path) => readElement(place, item, [...path, ...at])
  const across = (list: Schema.Balance["across"]) => readAcross(place, list, path)
  const unnamed = (found: string, ...at: Path) => {
    const expected = "a model: provider/model, or one whose family says the provider"
    place.reader.report({ path: [...path, ...at], at: "value", found: JSON.stringify(found), expected })
    return Route.route(place.self)
  }
  const isUnset = (...at: Path) => unsetAt(place.reader, [...path, ...at]) !== undefined
  return Presets.read(value, { target, element, across, isUnset, unnamed })
}

const readBalance = (place: Place, value: Schema.Balance, path: Path): Route.Route =>
  Route.balance(value.balance, readAcross(place, value.across, path))

const readAcross = (place: Place, across: Schema.Balance["across"], path: Path): ReadonlyArray<Route.Member> => {
  const members = across.map((member, index) => {
    const here = [...path, "across", index]
    if (typeof member === "string") return { route: readName(place, member, here), weight: 1 }
    return { route: readElement(place, member.target, [...here, "target"]), weight: member.weight ?? 1 }
  })
  if (members.every((member) => member.weight === 0)) {
    place.reader.report({
      path: [...path, "across"],
      at: "key",
      found: "weights that sum to 0",
      expected: "a weight above 0 for one member at least"
    })
  }
  return members
}

/** From the inside out: repair, orElse, policy, deadline, attempts. */
const readAround = (place: Place, inner: Route.Route, value: Schema.Around, path: Path): Route.Route => {
  let route = inner
  if (value.repair !== undefined) route = route.pipe(Route.repair(value.repair))
  if (value.orElse !== undefined) route = readOrElse(place, route, value.orElse, [...path, "orElse"])
  const policy = readPolicy(place, value.policy, [...path, "policy"])
  if (policy !== undefined) route = route.pipe(Route.retry(policy))
  if (value.deadline !== undefined) route = route.pipe(Route.deadline(value.deadline))
  if (value.attempts !== undefined) route = route.pipe(Route.budget({ attempts: value.attempts }))
  return route
}

const readOrElse = (place: Place, left: Route.Route, value: Schema.Element | Schema.OrElse, path: Path): Route.Route =>
  typeof value === "object" && "to" in value
    ? left.pipe(Route.orElse(readElement(place, value.to, [...path, "to"]), { on: value.on }))
    : left.pipe(Route.orElse(readElement(place, value, path)))

const readPolicy = (
  { names, reader, self }: Place,
  value: Schema.Around["policy"],
  path: Path
): RetryPolicy.RetryPolicy | undefined => {
  if (value === undefined) return undefined
  const from = typeof value === "string" ? value : (value.from ?? "recommended")
  const found = names.policies.get(from)
  const at = typeof value === "string" ? path : [...path, "from"]
  if (found === undefined) Policies.reportUnknown(reader, at, from, [...names.policies.keys()])
  if (typeof value === "string") return found
  return Policies.make(value, `of ${self}`, found ?? RetryPolicy.recommended)
}

/** A target, and never a route of that name. */
const readTarget = (place: Place, text: string, path: Path): Route.Route =>
  readName({ ...place, names: { ...place.names, routes: new Set() } }, text, path)

/** A route's name; else a target. The own name of a route, where it is a target's, means the target. */
const readName = (place: Place, text: string, path: Path): Route.Route => {
  const { names, onReference, reader, self } = place
  const unset = reader.unset.find((one) => one.path.length === path.length && unsetAt({ unset: [one] }, path))
  if (unset !== undefined) {
    reader.note(path, `${unset.name} is not set`)
    return Route.target(`${unsetId}/${unset.name}`)
  }
  const target = TargetName.split(text)
  if (names.routes.has(text) && !(target !== undefined && text === self)) {
    onReference(text, path)
    return Route.route(text)
  }
  if (target === undefined) {
    reportName(place, text, path)
    return Route.route(text)
  }
  const { model, provider } = target
  Spelling.check(reader, path, "value", text)
  if (!names.provider(provider)) reportProvider(place, provider, text, path)
  return Route.target(`${provider}/${model}`)
}

const reportProvider = ({ names, reader }: Place, id: string, text: string, path: Path): void => {
  const nearest = Nearest.of(id, names.providers)
  reader.report({
    path,
    at: "value",
    found: `"${text}", and no provider "${id}"`,
    expected: `a provider: ${names.providers.slice(0, 12).join(", ")}…`,
    nearest: nearest === undefined ? undefined : `${nearest}${text.slice(id.length)}`
  })
}

const reportName = ({ names, reader, self }: Place, text: string, path: Path): void => {
  const known = [...names.routes].filter((route) => route !== self)
  const target = 'a target, "provider/model"'
  reader.report({
    path,
    at: "value",
    found: `"${text}", which is no route`,
    expected: known.length === 0 ? target : `${target}, or one of ${known.join(", ")}`,
    nearest: Nearest.of(text, known)
  })
}

const isList = (value: Schema.Element): value is ReadonlyArray<Schema.Element> => Array.isArray(value)
