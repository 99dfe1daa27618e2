/**
 * Decodes the file by its Schema and, where parts of it are wrong, once more without them: so that what is wrong in the rest (names
 * that lead nowhere, circles) is found in the same run. A file with findings is never used.
 *
 * A value whose variable is not set is no finding in the parts that are switched off for it.
 */
import * as Json from "../../domain/Json.ts"
import type * as Environment from "./Environment.ts"
import * as Issues from "./Issues.ts"
import { renderPath, type Path } from "./Problem.ts"
import { File } from "./schema/File.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Decoded {
  /** As much of the file as is right; `undefined` where that is nothing. */
  readonly file: File | undefined
  readonly findings: ReadonlyArray<Issues.Finding>
  /** What is not set, with the texts that an empty default left empty where none may be. */
  readonly unset: ReadonlyArray<Environment.Unset>
}

/** Each round takes away what was wrong; what is left over then is given up. */
const rounds = 16

/**
 * The file and what is wrong with it.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const decode = (expanded: Environment.Expanded): Decoded => {
  const settled = settle(expanded)
  const unset = new Map(settled.unset.map((one) => [renderPath(one.path), one]))
  const findings: Array<Issues.Finding> = []
  let { value } = settled
  const stoodIn = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    const result = Issues.decode(File, value)
    if ("value" in result) return { file: result.value, findings, unset: settled.unset }
    for (const finding of result.findings) {
      const cause = unset.get(renderPath(finding.path))
      if (cause === undefined && round === 0) findings.push(finding)
      if (cause?.path[0] === "routes") findings.push(mustBeSet(cause))
      value = cause === undefined ? mended(value, finding, stoodIn) : without(value, parentKey(finding.path))
    }
  }
  return { file: undefined, findings, unset: settled.unset }
}

/** Where no empty text may be, an empty default is none: the reference is put back, as one that is not set. */
const settle = ({ blank, unset, value }: Environment.Expanded): Pick<Environment.Expanded, "unset" | "value"> => {
  const result = blank.length === 0 ? { value } : Issues.decode(File, value)
  if ("value" in result) return { unset, value }
  const refused = new Set(result.findings.map(({ path }) => renderPath(path)))
  const missing = blank.filter(({ path }) => refused.has(renderPath(path)))
  return {
    unset: [...unset, ...missing.map(({ name, path }) => ({ name, path }))],
    value: missing.reduce((rest, { path, text }) => replace(rest, path, text), value)
  }
}

/** What is said of a variable that nothing can be switched off for. @stability experimental @category constructors @since 0.1.0 */
export const mustBeSet = ({ path, name }: Environment.Unset): Issues.Finding => ({
  path,
  at: "value",
  found: `a reference to ${name}, which is not set`,
  expected: `a variable that is set, or a default: \${${name}:-value}`
})

/**
 * Without what is wrong. In a list it is replaced at first, so that the rest of the list is looked at: by an object, or by a text where a text
 * is missing or may be meant. What is said of such a stand-in is a consequence of what it stands for.
 */
const mended = (value: unknown, { expected, lacks, path }: Issues.Finding, stoodIn: Set<string>): unknown => {
  const at = lacks === undefined ? path : [...path, lacks]
  const place = renderPath(at)
  if (typeof path.at(-1) !== "number" || stoodIn.has(place)) return without(value, parentKey(path))
  stoodIn.add(place)
  return replace(value, at, lacks === undefined && expected === "an object" ? {} : `(${place})`)
}

/** Up to the nearest key: an element of a list takes its list along, so that places of the others stay true. */
const parentKey = (path: Path): Path => path.slice(0, path.findLastIndex((step) => typeof step === "string") + 1)

/** A copy of a plain value with another one at a path. */
const replace = (value: unknown, path: Path, text: unknown): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return text
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === step ? replace(item, rest, text) : item))
  }
  const object = Json.object(value)
  return object === undefined ? value : { ...object, [String(step)]: replace(object[String(step)], rest, text) }
}

/** A copy of a plain value without what stands at a path. */
const without = (value: unknown, path: Path): unknown => {
  const [step, ...rest] = path
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === step ? without(item, rest) : item))
  }
  const object = Json.object(value)
  if (object === undefined || step === undefined) return value
  const { [String(step)]: item, ...others } = object
  return rest.length === 0 ? others : { ...object, [String(step)]: without(item, rest) }
}
