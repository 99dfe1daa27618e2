/**
 * The part of Helm's templates that our chart uses: `if`, `range` over a map, and a handful of functions. A word that is not known here
 * is an error, so that nothing is rendered otherwise than Helm would.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Yaml from "yaml"

interface Scope {
  readonly root: Readonly<Record<string, unknown>>
  readonly variables: ReadonlyMap<string, unknown>
}

type Node =
  | { readonly text: string }
  | { readonly action: string }
  | { readonly block: string; readonly body: ReadonlyArray<Node> }

/** Every template of the chart by its file name, rendered with its `values.yaml` and these changes. */
export const render = (folder: string, values: Readonly<Record<string, unknown>> = {}): ReadonlyMap<string, string> => {
  const read = (...path: ReadonlyArray<string>) => readFileSync(join(folder, ...path), "utf8")
  const chart = Yaml.parse(read("Chart.yaml")) as { readonly appVersion: string }
  const own = Yaml.parse(read("values.yaml")) as Readonly<Record<string, unknown>>
  const root = {
    Values: merge(own, values),
    Chart: { AppVersion: chart.appVersion },
    Release: { Name: "test", Namespace: "default" },
    Files: { Get: (path: string) => read(path) }
  }
  const files = readdirSync(join(folder, "templates")).filter((name) => name.endsWith(".yaml"))
  return new Map(files.map((name) => [name, write(parse(read("templates", name)), { root, variables: new Map() })]))
}

const merge = (own: Readonly<Record<string, unknown>>, changes: Readonly<Record<string, unknown>>) => {
  const result: Record<string, unknown> = { ...own }
  for (const [name, value] of Object.entries(changes)) {
    const before = own[name]
    result[name] = isRecord(before) && isRecord(value) ? merge(before, value) : value
  }
  return result
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `{{-` and `-}}` eat the blanks on their side. */
const parse = (template: string): ReadonlyArray<Node> => {
  const trimmed = template.replaceAll(/\s*\{\{- /g, "{{ ").replaceAll(/ -\}\}\s*/g, " }}")
  const stack: Array<{ readonly block: string; readonly body: Array<Node> }> = [{ block: "", body: [] }]
  for (const [index, part] of trimmed.split(/\{\{ (.*?) \}\}/s).entries()) {
    const top = stack.at(-1)!
    if (index % 2 === 0) top.body.push({ text: part })
    else if (/^(?:if|range) /.test(part)) stack.push({ block: part, body: [] })
    else if (part === "end") stack.at(-2)?.body.push(stack.pop()!)
    else top.body.push({ action: part })
  }
  if (stack.length !== 1) throw new Error(`"${stack.at(-1)?.block}" has no end`)
  return stack[0]!.body
}

const write = (nodes: ReadonlyArray<Node>, scope: Scope): string =>
  nodes
    .map((node) => {
      if ("text" in node) return node.text
      if ("action" in node) return textOf(evaluate(node.action, scope))
      const range = /^range (\$\w+), (\$\w+) := (.+)$/.exec(node.block)
      if (range === null) return isTrue(evaluate(node.block.slice(3), scope)) ? write(node.body, scope) : ""
      const [, name = "", value = "", of = ""] = range
      const entries = Object.entries((evaluate(of, scope) ?? {}) as Record<string, unknown>).toSorted(
        ([one], [other]) => (one < other ? -1 : 1)
      )
      return entries
        .map(([key, one]) =>
          write(node.body, {
            ...scope,
            variables: new Map([
              [name, key],
              [value, one]
            ])
          })
        )
        .join("")
    })
    .join("")

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

/** Go's: nothing, 0, false and what is empty are not. */
const isTrue = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isRecord(value) ? Object.keys(value).length > 0 : Boolean(value)

/** A pipeline: each result is the last argument of the next. */
const evaluate = (pipeline: string, scope: Scope): unknown => {
  let result: ReadonlyArray<unknown> = []
  for (const step of split(pipeline, "|")) {
    const words = split(step, " ").map((word) => () => valueOf(word, scope))
    const name = split(step, " ")[0] ?? ""
    const known = functions[name]
    if (known !== undefined) result = [known(...words.slice(1).map((word) => word()), ...result)]
    else if (name === ".Files.Get") {
      const { Get } = scope.root["Files"] as { readonly Get: (path: unknown) => string }
      result = [Get(words[1]?.())]
    } else if (words.length === 1) result = [words[0]?.()]
    else throw new Error(`chart.ts does not know the function "${name}" in {{ ${pipeline} }}`)
  }
  return result[0]
}

const valueOf = (word: string, { root, variables }: Scope): unknown => {
  if (word.startsWith("(")) return evaluate(word.slice(1, -1), { root, variables })
  if (/^["\d]/.test(word)) return JSON.parse(word)
  if (word.startsWith("$")) return variables.get(word)
  if (!word.startsWith(".")) throw new Error(`chart.ts does not know "${word}"`)
  return word
    .slice(1)
    .split(".")
    .reduce<unknown>((value, key) => {
      if (!isRecord(value) || !(key in value)) throw new Error(`there is no ${word}`)
      return value[key]
    }, root)
}

/** At this character, but not within brackets or quotes. */
const split = (text: string, at: string): ReadonlyArray<string> => {
  const parts = [""]
  let depth = 0
  let isQuoted = false
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted
    if (!isQuoted && letter === "(") depth += 1
    if (!isQuoted && letter === ")") depth -= 1
    if (letter === at && depth === 0 && !isQuoted) parts.push("")
    else parts[parts.length - 1] += letter
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "")
}

const functions: Readonly<Record<string, (...args: ReadonlyArray<unknown>) => unknown>> = {
  quote: (value) => JSON.stringify(textOf(value)),
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  not: (value) => !isTrue(value),
  int: Number,
  gt: (one, other) => Number(one) > Number(other),
  add: (...numbers) => numbers.reduce<number>((sum, one) => sum + Number(one), 0),
  toYaml: (value) => Yaml.stringify(value).trimEnd(),
  nindent: (spaces, text) => `\n${textOf(text).replaceAll(/^(?=.)/gm, " ".repeat(Number(spaces)))}`,
  sha256sum: (text) => createHash("sha256").update(textOf(text)).digest("hex"),
  printf: (format, ...values) => {
    const left = [...values]
    return textOf(format).replaceAll(/%[sv]/g, () => textOf(left.shift()))
  }
}
