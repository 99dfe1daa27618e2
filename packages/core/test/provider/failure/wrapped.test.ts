/**
 * The same answers as others pass them on: as the text of an SDK, inside a gateway's error, as an event of a stream. What an answer
 * means must not hang on its wrapping.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../src/domain/Json.ts"
import { isScored, load, score, totals, type Fixture } from "./score.ts"

const answers = [...load("errors").filter(isScored), ...load("found")].filter(
  ({ status, transport }) => transport !== "network" && status !== 200
)

/** Text as it is, and JSON that was kept as text as what it holds. */
const valueOf = ({ body }: Fixture): unknown => (typeof body === "string" ? (Json.parse(body) ?? body) : body)

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

/** As Python prints a value. */
const python = (value: unknown): string => {
  if (value === null) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  if (typeof value === "string") return value.includes("'") ? JSON.stringify(value) : `'${value}'`
  if (!isObject(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `'${key}': ${python(item)}`)
    .join(", ")}}`
}

const messageOf = (value: unknown): string | undefined =>
  typeof value === "string"
    ? value
    : (Json.string(Json.at(value, "error", "message")) ??
      Json.string(Json.at(value, "message")) ??
      Json.string(Json.at(value, "error")))

/** Where the provider's status is known only from the text. */
const unlabelled = { status: null, headers: {} }

const wrappings: Readonly<Record<string, (answer: Fixture) => Partial<Fixture> | undefined>> = {
  "the text of a Python SDK": (answer) => {
    const value = valueOf(answer)
    if (!isObject(value) || answer.status === null) return undefined
    return { ...unlabelled, body: `Error code: ${answer.status} - ${python(value)}` }
  },
  "the message of a gateway's own error": (answer) => {
    const value = valueOf(answer)
    if (!isObject(value) || answer.status === null) return undefined
    const message = `litellm.APIError: ${answer.provider}Exception - ${JSON.stringify(value)}`
    return { body: { error: { message, type: null, param: null, code: String(answer.status) } } }
  },
  "the raw text in OpenRouter's metadata": (answer) => {
    const value = valueOf(answer)
    if (!isObject(value) || answer.status === null) return undefined
    const metadata = { raw: JSON.stringify(value), provider_name: "Somebody" }
    const error = { message: "Provider returned error", code: answer.status, metadata }
    return { provider: "openrouter", body: { error } }
  },
  "its message alone, under its status": (answer) => {
    const body = messageOf(valueOf(answer))
    return body === undefined ? undefined : { body }
  },
  "its status and message as one text": (answer) => {
    const message = messageOf(valueOf(answer))
    if (message === undefined || answer.status === null) return undefined
    return { ...unlabelled, body: `${answer.status} ${message}` }
  },
  "an event of a stream, where no status is": (answer) => {
    const value = valueOf(answer)
    if (!isObject(value)) return undefined
    const event = Json.at(value, "error") === undefined ? { error: value } : value
    return { transport: "sse", status: 200, headers: {}, body: `data: ${JSON.stringify(event)}\n\n` }
  }
}

describe("the recorded and the found answers", () => {
  for (const [name, wrap] of Object.entries(wrappings)) {
    it(`are read strictly in at least 95 % and leniently in at least 98.5 % of the cases as ${name}`, () => {
      const wrapped = answers.flatMap((answer) => {
        const changed = wrap(answer)
        return changed === undefined ? [] : [score({ ...answer, ...changed })]
      })
      const { cases, lenient, strict } = totals(wrapped)
      assert.isAtLeast(cases, 500)
      assert.isAtLeast(strict / cases, 0.95)
      assert.isAtLeast(lenient / cases, 0.985)
    })
  }
})
