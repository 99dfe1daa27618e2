/**
 * What the caller wrote and a provider repeats means nothing: an answer reads the same whatever word of the rules stands in its
 * quotation, its address or its name. A refusal that is read as an empty account parks every key of every provider (law 5).
 */
import { assert, describe, it } from "@effect/vitest"
import * as Failure from "../../../src/provider/Failure.ts"
import * as Echo from "../../../src/provider/failure/Echo.ts"
import { builtIn } from "../../../src/provider/failure/rules/builtIn.ts"

const input = (status: number, body: unknown): Failure.Input => ({
  provider: "p",
  family: "p",
  protocol: "openai-chat",
  transport: "http",
  status,
  headers: {},
  body: typeof body === "string" ? body : JSON.stringify(body),
  now: 0
})

const read = (status: number, body: unknown) => Failure.classify(input(status, body))._tag

const openai = (message: string, param: string | null = null, code: string | null = null) => ({
  error: { message, type: "invalid_request_error", param, code }
})
const anthropic = (message: string, type = "invalid_request_error") => ({ type: "error", error: { type, message } })
const gemini = (message: string) => ({ error: { code: 400, status: "INVALID_ARGUMENT", message } })

/** What a refusal may repeat: words, the same as a name and as a part of an address. */
interface Said {
  readonly words: string
  readonly name: string
  readonly path: string
}

type Refusal = readonly [means: string, status: number, body: (said: Said) => unknown]

const refusals: Readonly<Record<string, Refusal>> = {
  "a picture that is not there": [
    "InvalidRequest",
    400,
    ({ path }) =>
      openai(
        `Error while downloading https://shop.example/${path}/a.png. Upstream status code: 404.`,
        "url",
        "invalid_image_url"
      )
  ],
  "a picture that takes too long": [
    "InvalidRequest",
    400,
    ({ path }) => openai(`Timeout while downloading https://shop.example/a/${path}.png.`)
  ],
  "a role": [
    "InvalidRequest",
    400,
    ({ words }) => openai(`Invalid value: '${words}'. Supported values are: 'system', 'user'.`, "messages[0].role")
  ],
  "a role, in what Python prints": [
    "InvalidRequest",
    400,
    ({ words }) =>
      `[{'type': 'literal_error', 'loc': ('body', 'messages', 0), 'msg': "Input should be 'user'", 'input': '${words}'}]`
  ],
  "the choice of a tool": [
    "InvalidRequest",
    400,
    ({ name }) => openai(`Tool choice '${name}' not found in 'tools' parameter.`, "tool_choice")
  ],
  "a tool that is not there": [
    "InvalidRequest",
    400,
    ({ name }) => anthropic(`Tool '${name}' not found in provided tools`)
  ],
  "the name of a tool": [
    "ToolSchemaRejected",
    400,
    ({ words }) => anthropic(`tools.0.custom.name: '${words}' String should match pattern '^[a-z]+$'`)
  ],
  "the name of a format": [
    "ToolSchemaRejected",
    400,
    ({ name }) => openai(`Invalid schema for response_format '${name}': 'required' is required`, "response_format")
  ],
  "a field": ["Unsupported", 400, ({ name }) => anthropic(`${name}: Extra inputs are not permitted`)],
  "a field, at the end": ["Unsupported", 400, ({ name }) => openai(`Unrecognized request argument supplied: ${name}`)],
  "a field, in double quotes": [
    "Unsupported",
    400,
    ({ name }) =>
      gemini(`Invalid JSON payload received. Unknown name "${name}" at 'generation_config': Cannot find field.`)
  ],
  "words between signs of print": [
    "InvalidRequest",
    422,
    ({ words }) => anthropic(`The stop sequence \u201c${words}\u201d is of no use`)
  ],
  "a model": ["ModelNotFound", 404, ({ name }) => anthropic(`model: ${name}`, "not_found_error")],
  "a model between back-ticks": [
    "ModelNotFound",
    404,
    ({ words }) => openai(`The model \`${words}\` does not exist or you do not have access to it.`)
  ],
  "a key": ["Unauthenticated", 401, ({ name }) => openai(`Incorrect API key provided: '${name}'.`)]
}

/** All words of the rules but the names of the limit of the output, by which a refusal says what it is about. */
const phrases = new Set(
  builtIn
    .flatMap(({ when }) => [...(when.text ?? []), ...(when.also ?? []), ...(when.code ?? [])])
    .map((one) => one.trim())
    .filter((one) => !/["'`]/.test(one) && !one.startsWith("max"))
)

const said = (phrase: string): Said => {
  const words = phrase.replace(/ ?\* ?/g, " x ")
  const name = words.replace(/[^a-z0-9\u0080-\uffff]+/gi, "_").replace(/^_|_$/g, "")
  return { words, name, path: encodeURI(words.replaceAll(" ", "-")) }
}

describe("a refusal of a request", () => {
  for (const [name, [means, status, body]] of Object.entries(refusals)) {
    it(`reads the same whatever it repeats: ${name}`, () => {
      assert.strictEqual(read(status, body(said("walrus"))), means)
      const misread = [...phrases].flatMap((phrase) => {
        const tag = read(status, body(said(phrase)))
        return tag === means ? [] : [`${phrase}: ${tag}`]
      })
      assert.deepStrictEqual(misread, [])
    })
  }

  it("that says by its code or its parameter which part is at fault is heard about the request alone", () => {
    const words = "Got please recharge your account, overloaded, rate limit, invalid api key"
    assert.strictEqual(read(400, openai(words)), "QuotaExhausted")
    assert.strictEqual(read(400, openai(words, null, "invalid_value")), "InvalidRequest")
    assert.strictEqual(read(400, openai(words, "messages[0].content")), "InvalidRequest")
    assert.strictEqual(read(400, openai(words, "messagesAndMore")), "QuotaExhausted")
    assert.strictEqual(read(429, openai(words, "messages")), "QuotaExhausted")
    assert.strictEqual(read(400, openai("The prompt is too long", "messages")), "ContextWindowExceeded")
  })

  it("that stands in a stream is none of the status of the picture", () => {
    const message = "Error while downloading https://shop.example/a.png. Upstream status code: 404."
    const event = {
      ...input(400, openai(message, "url", "invalid_image_url")),
      transport: "stream",
      status: undefined
    } as const
    assert.strictEqual(Failure.classify(event)._tag, "InvalidRequest")
  })

  it("that speaks of the account itself is still heard, however it is wrapped", () => {
    const low = "Your credit balance is too low to access the Anthropic API."
    for (const body of [
      anthropic(low),
      low,
      `"${low}"`,
      `403 "${low}"`,
      `Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': '${low}'}}`,
      openai("NOT_ENOUGH_BALANCE"),
      openai("Insufficient balance. Please recharge."),
      openai("The account is overdue."),
      openai("Your account has an unpaid invoice.")
    ])
      assert.strictEqual(read(400, body), "QuotaExhausted", JSON.stringify(body))
  })
})

describe("Echo.without", () => {
  it("takes out quotations, addresses, names and paths", () => {
    assert.strictEqual(Echo.without("Tool 'a b' is not there"), "Tool '\u2026' is not there")
    assert.strictEqual(Echo.without('Unknown name "a" (`b`)'), 'Unknown name "\u2026" (`\u2026`)')
    assert.strictEqual(Echo.without("at https://a.example/b?c=d, or data:image/png;base64,AAAA"), "at \u2026 or \u2026")
    assert.strictEqual(
      Echo.without("field credit_balance in a.0.b at projects/p/models/m"),
      "field \u2026 in \u2026 at \u2026"
    )
  })

  it("leaves apostrophes, names in capitals, and the names by which a refusal says what it is about", () => {
    for (const message of [
      "You don't have the users' credits",
      "API_KEY is not set",
      "'max_tokens' is 3/4 too large",
      "over_capacity",
      '"too many"'
    ])
      assert.strictEqual(Echo.without(message), message)
    assert.strictEqual(Echo.without("'tools[0].function.name' is wrong"), "'tools[0]' is wrong")
  })

  it("reads a message of nothing but signs that open in a time that grows with its length", () => {
    for (const hostile of [" 'a".repeat(1365), "a-".repeat(2048), "a.b ".repeat(1024)])
      assert.strictEqual(Echo.without(hostile), hostile)
  })
})
