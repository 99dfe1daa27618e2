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
}

/** Each round takes away what was wrong; what is left over then is given up. */
const rounds = 8

/**
 * The file and what is wrong with it.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const decode = (expanded: Environment.Expanded): Decoded => {
  const unset = new Map(expanded.unset.map((one) => [renderPath(one.path), one]))
  const findings: Array<Issues.Finding> = []
  let value = expanded.value
  for (let round = 0; round < rounds; round++) {
    const result = Issues.decode(File, value)
    if ("value" in result) return { file: result.value, findings }
    for (const finding of result.findings) {
      const cause = unset.get(renderPath(finding.path))
      if (cause === undefined && round === 0) findings.push(finding)
      if (cause?.path[0] === "routes") findings.push(mustBeSet(cause))
      value = without(value, parentKey(finding.path))
    }
  }
  return { file: undefined, findings }
}

/** What is said of a variable that nothing can be switched off for. @stability experimental @category constructors @since 0.1.0 */
export const mustBeSet = ({ path, name }: Environment.Unset): Issues.Finding => ({
  path,
  at: "value",
  found: `a reference to ${name}, which is not set`,
  expected: `a variable that is set, or a default: \${${name}:-value}`
})

/** Up to the nearest key: an element of a list takes its list along, so that places of the others stay true. */
const parentKey = (path: Path): Path => path.slice(0, path.findLastIndex((step) => typeof step === "string") + 1)

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
