/**
 * The file as text: read into plain values, with the place of each key and value kept for messages.
 *
 * JSON is read by the same reader (YAML 1.2 contains it). Anchors, aliases and merge keys work. This file knows nothing of what the
 * configuration means.
 */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml"
import type { Document, Node, YAMLError } from "yaml"
import type { Path, Position, Problem } from "./Problem.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface Source {
  readonly file: string
  /** Plain objects, arrays and scalars; `undefined` where the file holds nothing. */
  readonly value: unknown
  /** Where the value of a path stands, or its key; of a path that does not exist, the nearest parent. */
  readonly locate: (path: Path, of?: "key" | "value") => Position
  /** What makes the text no YAML at all. */
  readonly problems: ReadonlyArray<Problem>
}

/**
 * Reads a text. With problems, `value` holds as much as could be read.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const read = (text: string, file: string): Source => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false })
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems = document.errors.map((error) => syntaxProblem(error, text, file, position(error.pos[0])))
  for (const { at, key } of repeated(document)) {
    const path = pathAt(document.contents, at)
    problems.push({ file, path, ...position(at), found: `a second key "${key}"`, expected: "each key once" })
  }
  const aliases = document.errors.length === 0 ? endless(document) : []
  for (const { at, ...alias } of aliases)
    problems.push({ ...alias, ...position(at), file, path: pathAt(document.contents, at) })
  const plain = aliases.length === 0 ? toPlain(document) : { value: undefined }
  return {
    file,
    value: plain.value,
    locate: (path, of = "value") => position(offsetOf(document, path, of)),
    problems:
      plain.problem === undefined ? problems : [...problems, { ...plain.problem, ...position(0), file, path: [] }]
  }
}

/** Keys that stand a second time in their map. The parser's own search compares each with every other: 10,000 routes would take seconds. */
const repeated = (document: Document): ReadonlyArray<{ readonly at: number; readonly key: string }> => {
  const found: Array<{ readonly at: number; readonly key: string }> = []
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>()
      for (const pair of map.items) {
        const key = isScalar(pair.key) && typeof pair.key.value === "symbol" ? undefined : keyOf(pair.key)
        if (key === undefined) continue
        if (seen.has(key)) found.push({ at: startOf(pair.key) ?? 0, key })
        seen.add(key)
      }
    }
  })
  return found
}

/** Aliases that stand for nothing, or within what they stand for: such a value would never end. */
const endless = (document: Document): ReadonlyArray<Pick<Problem, "found" | "expected"> & { readonly at: number }> => {
  const found: Array<Pick<Problem, "found" | "expected"> & { readonly at: number }> = []
  visit(document, {
    Alias: (_, alias) => {
      const at = alias.range?.[0] ?? 0
      const anchored = alias.resolve(document)
      if (anchored === undefined) found.push({ at, ...dangling })
      else if (covers(anchored, at)) found.push({ at, ...circular })
    }
  })
  return found
}

/** Its name is not said: it may be a secret that was meant as text. */
const dangling = {
  found: 'an alias ("*…") that no anchor before it sets',
  expected: 'an anchor that is set first ("&…"); text that begins with "*" stands in quotes'
}

const circular = { found: "an alias within what it stands for", expected: "an anchor that ends before its alias" }

/** Aliases that multiply without end are found only here. */
const toPlain = (document: Document): { value: unknown; problem?: Pick<Problem, "found" | "expected"> } => {
  if (document.errors.length > 0) return { value: undefined }
  try {
    return { value: (document.toJS({ maxAliasCount: 100 }) as unknown) ?? undefined }
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    return found.startsWith("Excessive alias count")
      ? {
          value: undefined,
          problem: { found: "aliases that multiply without end", expected: "at most 100 of an anchor" }
        }
      : { value: undefined, problem: { found, expected: "valid YAML" } }
  }
}

const syntaxProblem = (error: YAMLError, text: string, file: string, position: Position): Problem => {
  if (error.code === "MULTIPLE_DOCS")
    return { file, path: [], ...position, found: 'a second document after "---"', expected: "one document in a file" }
  const hint = hintFor(error, text.split("\n")[position.line - 1] ?? "")
  return { file, path: [], ...position, found: `a syntax error: ${error.message}`, expected: `valid YAML${hint}` }
}

/** What is usually meant by something that YAML reads in its own way. */
const hintFor = (error: YAMLError, line: string): string => {
  if (/[[{,]\s*\$\{/.test(line)) return `; inside [ ] and { } write a reference in quotes: "\${NAME}"`
  return error.message.startsWith("Alias cannot be") ? '; text that begins with "*" stands in quotes' : ""
}

/** The path of the pair whose key starts at an offset. */
const pathAt = (node: unknown, offset: number): Path => {
  if (isMap(node)) {
    for (const pair of node.items) {
      const key = keyOf(pair.key) ?? ""
      if (isNode(pair.key) && pair.key.range?.[0] === offset) return [key]
      if (covers(pair.value, offset)) return [key, ...pathAt(pair.value, offset)]
    }
  }
  if (isSeq(node)) {
    const index = node.items.findIndex((item) => covers(item, offset))
    if (index >= 0) return [index, ...pathAt(node.items[index], offset)]
  }
  return []
}

const covers = (node: unknown, offset: number): boolean =>
  isNode(node) && node.range != null && node.range[0] <= offset && offset <= node.range[1]

const offsetOf = (document: Document, path: Path, of: "key" | "value"): number => {
  let node: unknown = document.contents
  let key: unknown = document.contents
  for (const step of path) {
    const parent: unknown = resolve(node, document)
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && keyOf(item.key) === String(step))
      if (pair === undefined) return startOf(key) ?? 0
      key = pair.key
      node = pair.value ?? pair.key
    } else if (isSeq(parent) && typeof step === "number" && parent.items[step] !== undefined) {
      key = parent.items[step]
      node = parent.items[step]
    } else return startOf(key) ?? 0
  }
  return startOf(of === "key" ? key : node) ?? startOf(key) ?? 0
}

const resolve = (node: unknown, document: Document): unknown => (isAlias(node) ? node.resolve(document) : node)

/** A merge key is a symbol. */
const keyOf = (key: unknown): string | undefined =>
  isScalar(key) ? (typeof key.value === "symbol" ? key.value.description : String(key.value)) : undefined

const startOf = (node: unknown): number | undefined => (isNode(node) ? (node as Node).range?.[0] : undefined)
