/**
 * The mutants of a source file: every place where one small change makes another program, as [start, end) and the text that comes there.
 * Types are left alone: they are gone when the tests run.
 */
import { parseAst } from "vitest/node"

const operators = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "**": "*"
}
const logical = { "&&": "||", "||": "&&", "??": "&&" }
const assignments = { "+=": "-=", "-=": "+=" }
const methods = { min: "max", max: "min", some: "every", every: "some", floor: "ceil", ceil: "floor" }
const comparisons = {
  isLessThan: "isGreaterThanOrEqualTo",
  isLessThanOrEqualTo: "isGreaterThan",
  isGreaterThan: "isLessThanOrEqualTo",
  isGreaterThanOrEqualTo: "isLessThan"
}

/** What holds an expression although its name begins with TS. */
const transparent = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"])

const isText = (node) => node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string")

/** The operator's own text stands between its operands, beside comments and parentheses that stay. */
const between = (code, left, right, operator, becomes) => {
  const start = code.indexOf(operator, left.end)
  return start < 0 || start >= right.start ? [] : [{ start, end: start + operator.length, becomes }]
}

const negated = (code, test) => [
  { start: test.start, end: test.end, becomes: `!(${code.slice(test.start, test.end)})` }
]

const renamed = (property) => {
  const becomes = methods[property.name] ?? comparisons[property.name]
  return becomes === undefined ? [] : [{ start: property.start, end: property.end, becomes }]
}

const literal = (node) => {
  const { end, start, value } = node
  if (typeof value === "boolean") return [{ start, end, becomes: String(!value) }]
  if (typeof value === "number") return [{ start, end, becomes: String(value === 0 ? 1 : value + 1) }]
  return typeof value === "string" ? [{ start, end, becomes: value === "" ? '"mutant"' : '""' }] : []
}

const changes = {
  BinaryExpression: (node, code) => {
    const becomes = operators[node.operator]
    if (becomes === undefined || (node.operator === "+" && (isText(node.left) || isText(node.right)))) return []
    return between(code, node.left, node.right, node.operator, becomes)
  },
  LogicalExpression: (node, code) => between(code, node.left, node.right, node.operator, logical[node.operator]),
  AssignmentExpression: (node, code) =>
    assignments[node.operator] === undefined
      ? []
      : between(code, node.left, node.right, node.operator, assignments[node.operator]),
  UnaryExpression: (node) => (node.operator === "!" ? [{ start: node.start, end: node.start + 1, becomes: "" }] : []),
  ConditionalExpression: (node, code) => negated(code, node.test),
  IfStatement: (node, code) => negated(code, node.test),
  WhileStatement: (node) => [{ start: node.test.start, end: node.test.end, becomes: "false" }],
  ExpressionStatement: (node) => [{ start: node.start, end: node.end, becomes: ";" }],
  MemberExpression: (node) => (node.computed ? [] : renamed(node.property)),
  Literal: literal
}

/** Children that are no code of their own: names of keys, and where modules come from. */
const isSkipped = (node, key) =>
  (key === "key" && node.computed !== true) || (key === "source" && /^(?:Import|Export)/.test(node.type))

const visit = (node, code, found) => {
  if (node.type.startsWith("TS") && !transparent.has(node.type)) return
  if (node.type === "ImportDeclaration" || typeof node.directive === "string") return
  found.push(...(changes[node.type]?.(node, code) ?? []))
  for (const [key, value] of Object.entries(node)) {
    if (isSkipped(node, key)) continue
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") visit(child, code, found)
    }
  }
}

/** In the order of the file; each with its line, from 1, and the text that it replaces. */
export const find = (code) => {
  const found = []
  visit(parseAst(code, { lang: "ts" }), code, found)
  return found
    .map((mutant) => ({
      ...mutant,
      was: code.slice(mutant.start, mutant.end),
      line: code.slice(0, mutant.start).split("\n").length
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end)
}

/** The file with one change. */
export const apply = (code, { becomes, end, start }) => code.slice(0, start) + becomes + code.slice(end)
