/**
 * What the Schema says is wrong, turned into problems that name place, found and expected.
 *
 * Of a union the member that the author most probably meant is reported, not every member. Words (`expected`, `words`) come from
 * annotations of the schema, never from its internals.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type * as SchemaIssue from "effect/SchemaIssue"
import * as Json from "../../domain/Json.ts"
import * as Nearest from "../../domain/Nearest.ts"
import * as Redaction from "../../domain/Redaction.ts"
import type { Path, Problem } from "./Problem.ts"
import type { Source } from "./Source.ts"

/** Something wrong at a path; not yet found in the text. @stability experimental @category models @since 0.1.0 */
export interface Finding {
  readonly path: Path
  readonly at: "key" | "value"
  readonly found: string
  readonly expected: string
  readonly nearest?: string | undefined
  /** The key that is missing at the path. */
  readonly lacks?: string | undefined
}

/**
 * Decodes a plain value, with every finding.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const decode = <A>(
  schema: Schema.Codec<A, unknown>,
  value: unknown
): { readonly value: A } | { readonly findings: ReadonlyArray<Finding> } => {
  const result = Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })(value)
  return result._tag === "Success" ? { value: result.success } : { findings: collect(result.failure.issue, [], value) }
}

/** With its place in the text. @stability experimental @category conversions @since 0.1.0 */
export const toProblem = (source: Source, finding: Finding): Problem => {
  const { at, lacks: _, ...rest } = finding
  return { file: source.file, ...source.locate(finding.path, at), ...rest }
}

/**
 * A value as a message shows it: short, and never more than its beginning.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const show = (value: unknown): string => {
  if (value === undefined || value === null) return "nothing"
  if (typeof value === "string") {
    const text = Redaction.redact(value).replaceAll(/:\/\/[^/\s@]*@/g, `://${Redaction.mark}@`)
    return text.length > 60 ? `${JSON.stringify(text.slice(0, 60))}…` : JSON.stringify(text)
  }
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list"
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty object" : "an object"
  return typeof value === "number" || typeof value === "boolean" ? String(value) : typeof value
}

const collect = (issue: SchemaIssue.Issue, path: Path, root: unknown): ReadonlyArray<Finding> => {
  const expected = "ast" in issue && isScalar(issue) ? annotation(issue.ast, "expected") : undefined
  if (expected !== undefined && "ast" in issue) return [mismatch(path, root, expected, wordsOf(issue.ast))]
  switch (issue._tag) {
    case "Pointer":
      return collectAt(issue, path, root)
    case "Composite":
      return issue.issues.flatMap((inner) => collect(inner, path, root))
    case "AnyOf":
      return collectUnion(issue, path, root)
    case "Encoding":
    case "Filter":
      return collect(issue.issue, path, root)
    case "InvalidType":
    case "OneOf":
      return [mismatch(path, root, describe(issue.ast), wordsOf(issue.ast))]
    case "InvalidValue":
    case "Forbidden":
    case "MissingKey":
    case "UnexpectedKey":
      return [mismatch(path, root, "a valid value", [])]
  }
}

/** A scalar is reported by its own words; an object or a list by what is wrong inside. */
const isScalar = (issue: { readonly _tag: string; readonly ast: SchemaAST.AST }): boolean => {
  if (issue._tag === "InvalidType") return true
  if (issue._tag === "Composite" || issue._tag === "Encoding" || issue._tag === "AnyOf") {
    return annotation(issue.ast, "expected") !== undefined && !hasStructure(issue.ast)
  }
  return false
}

const hasStructure = (ast: SchemaAST.AST): boolean => {
  if (ast._tag === "Union") return ast.types.some(hasStructure)
  return ast._tag === "Objects" || ast._tag === "Arrays" || ast._tag === "Suspend" ? ast.encoding === undefined : false
}

const collectAt = (issue: SchemaIssue.Pointer, path: Path, root: unknown): ReadonlyArray<Finding> => {
  const here = [...path, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))]
  const key = String(here.at(-1))
  const inner = issue.issue
  if (inner._tag === "MissingKey") {
    if (typeof here.at(-1) === "number") return [mismatch(path, root, "a list that is not empty", [])]
    return [{ path, at: "value", found: `no "${key}"`, expected: `"${key}"`, lacks: key }]
  }
  if (inner._tag === "UnexpectedKey") {
    const known = keysOf(inner.ast)
    const expected = known.length === 0 ? "no key here" : `one of ${known.join(", ")}`
    return [{ path: here, at: "key", found: `the unknown key "${key}"`, expected, nearest: Nearest.of(key, known) }]
  }
  return collect(inner, here, root)
}

/** The member that has most of the keys that are meant; then the one with the fewest findings at its own level; then the fewest at all. */
const collectUnion = (issue: SchemaIssue.AnyOf, path: Path, root: unknown): ReadonlyArray<Finding> => {
  const misnamed = wrongKind(issue.ast, path, root)
  if (misnamed !== undefined) return [misnamed]
  const expected = annotation(issue.ast, "expected") ?? describe(issue.ast)
  const value = Json.at(root, ...path)
  const object = Json.object(value)
  const meant = meantKeys(Object.keys(object ?? {}), keysOf(issue.ast))
  const depth = (finding: Finding) => (finding.at === "key" ? finding.path.length - 1 : finding.path.length)
  const members = issue.issues.map((inner) => {
    const findings = collect(inner, path, root)
    const own = "ast" in inner ? keysOf(inner.ast) : []
    const strange = meant.filter((key) => !own.includes(key)).length
    const here = findings.filter((finding) => depth(finding) <= path.length).length
    return { findings, score: strange * 1e6 + here * 1000 + findings.length }
  })
  const best = members.toSorted((a, b) => a.score - b.score)[0]
  const isLeaf = object === undefined && !Array.isArray(value)
  const nothingKnown = best === undefined || isLeaf || (object !== undefined && meant.length === 0)
  return nothingKnown ? [mismatch(path, root, expected, wordsOf(issue.ast))] : best.findings
}

/** Those that are known, and the nearest ones of those that are not. */
const meantKeys = (keys: ReadonlyArray<string>, known: ReadonlyArray<string>): ReadonlyArray<string> =>
  keys.flatMap((key) => (known.includes(key) ? key : (Nearest.of(key, known) ?? [])))

/** Where a key says which member is meant (`preset: minimal`), and says what none of them has. */
const wrongKind = (ast: SchemaAST.AST, path: Path, root: unknown): Finding | undefined => {
  const object = Json.object(Json.at(root, ...path))
  const members = ast._tag === "Union" ? ast.types : []
  for (const [key, value] of Object.entries(object ?? {})) {
    const kinds = members.flatMap((member) =>
      member._tag === "Objects"
        ? member.propertySignatures.filter((one) => one.name === key && one.type._tag === "Literal")
        : []
    )
    const words = kinds.flatMap((kind) => wordsOf(kind.type))
    if (words.length > 1 && !(typeof value === "string" && words.includes(value))) {
      return mismatch([...path, key], root, `one of ${words.join(", ")}`, words)
    }
  }
  return undefined
}

const mismatch = (path: Path, root: unknown, expected: string, words: ReadonlyArray<string>): Finding => {
  const value = Json.at(root, ...path)
  const nearest = typeof value === "string" ? Nearest.of(value, words) : undefined
  return { path, at: "value", found: foundAt(path, value), expected, nearest }
}

const foundAt = (path: Path, value: unknown): string => {
  if (isSecret(path)) return hide(value)
  return typeof value === "string" && mayBeSecret(path) ? hide(value) : show(value)
}

const secretKeys = new Set<string | number>(["keys", "key", "adminKey", "headers", "url", "otlp"])

/** Sections with something secret in them, and how deep text may stand in the place of what holds it. */
const secretSections: ReadonlyMap<string | number | undefined, number> = new Map([
  ["callers", 2],
  ["providers", 2],
  ["server", 1],
  ["ledger", 1],
  ["state", 1],
  ["telemetry", 1]
])

/** A file with a mistake around a key must not print the key. */
const isSecret = (path: Path): boolean => path.some((step) => secretKeys.has(step))

/** Nor one that was written where an object should be. */
const mayBeSecret = (path: Path): boolean => path.length > 0 && path.length <= (secretSections.get(path[0]) ?? 0)

const hide = (value: unknown): string =>
  value === ""
    ? "an empty text"
    : typeof value === "string"
      ? "text"
      : typeof value === "number"
        ? "a number without quotes"
        : show(value)

const annotation = (ast: SchemaAST.AST, key: string): string | undefined => {
  const value: unknown = SchemaAST.resolve(ast)?.[key]
  return typeof value === "string" ? value : undefined
}

const wordsOf = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  const words: unknown = SchemaAST.resolve(ast)?.["words"]
  if (Array.isArray(words)) return words.map(String)
  if (ast._tag === "Union") return ast.types.flatMap(wordsOf)
  return ast._tag === "Literal" ? [String(ast.literal)] : []
}

/** Of an object; of a union those of all its members. */
const keysOf = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  switch (ast._tag) {
    case "Objects":
      return ast.propertySignatures.map((property) => String(property.name))
    case "Union":
      return ast.types.flatMap(keysOf)
    case "Suspend":
      return keysOf(ast.thunk())
    default:
      return []
  }
}

const describe = (ast: SchemaAST.AST): string => {
  switch (ast._tag) {
    case "Objects":
      return "an object"
    case "Arrays":
      return ast.elements.length > 0 ? "a list that is not empty" : "a list"
    case "String":
      return "text"
    case "Boolean":
      return "true or false"
    case "Number":
      return "a number"
    default:
      return annotation(ast, "expected") ?? describeUnion(ast)
  }
}

const describeUnion = (ast: SchemaAST.AST): string => {
  const members = ast._tag === "Union" ? ast.types : []
  const others = members.filter((member) => member._tag !== "Literal" && member._tag !== "Union").map(describe)
  const all = [...wordsOf(ast), ...others]
  return all.length === 0 ? "another value" : all.length === 1 ? String(all[0]) : `one of ${all.join(", ")}`
}
