/**
 * Secrets planted in every place of an answer: none may be in what is made of it, which is what logs, spans, rows and screens show.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Failure from "../../../src/provider/Failure.ts"
import type { Reason } from "../../../src/domain/Reason.ts"
import * as Hostile from "./hostile.ts"
import { load, toInput } from "./score.ts"

const cases = process.env["ORELSE_LONG"] === undefined ? 2000 : 100_000

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

const random = (chance: () => number, length: number, from = letters): string =>
  Array.from({ length }, () => from[Math.floor(chance() * from.length)]!).join("")

type Chance = () => number

/** What stands in the text, and what of it must not be seen. */
type Secret = (chance: Chance) => readonly [text: string, hidden: string]

const prefixed =
  (prefix: string, length: number): Secret =>
  (chance) => {
    const key = prefix + random(chance, length)
    return [key, key]
  }

const named =
  (before: string, after = ""): Secret =>
  (chance) => {
    const value = `${random(chance, 11)}7x`
    return [`${before}${value}${after}`, value]
  }

/** By their shape: wherever they stand. */
const shaped: ReadonlyArray<Secret> = [
  ...[
    "sk-",
    "sk-proj-",
    "sk-ant-api03-",
    "sk-or-v1-",
    "gsk_",
    "xai-",
    "hf_",
    "r8_",
    "nvapi-",
    "pplx-",
    "csk-",
    "ghp_",
    "glpat-"
  ].map((prefix) => prefixed(prefix, 32)),
  prefixed("AIza", 35),
  prefixed("ya29.", 60),
  prefixed("eyJhbGciOiJIUzI1NiJ9.", 80),
  (chance) => {
    const id = `AKIA${random(chance, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`
    return [id, id]
  },
  (chance) => {
    const key = `${random(chance, 83)}7`
    return [key, key]
  },
  (chance) => {
    const key = `${random(chance, 32, "0123456789abcdef")}.${random(chance, 16)}`
    return [key, key]
  },
  (chance) => {
    const name = `${random(chance, 8).toLowerCase()}.person`
    return [`${name}@example.co.uk`, name]
  },
  named("Bearer "),
  named("Authorization: Bearer "),
  named("Basic "),
  named("x-api-key: "),
  named("api-key=", "&next=1"),
  named("https://host.example/v1?key=", "&alt=sse"),
  named("https://user:", "@host.example/path"),
  named("Set-Cookie: session=", "; Path=/"),
  named("password: "),
  named('{"client_secret":"', '"}'),
  named("aws_secret_access_key = "),
  (chance) => {
    const body = random(chance, 64)
    return [`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`, body]
  }
]

/** Somebody's prompt: what stands in quotation marks and is long, or in a field for it. */
const prompts: ReadonlyArray<Secret> = [
  (chance) => {
    const said = `${random(chance, 6)} and what my neighbour told me last night about the money under the floor ${random(chance, 6)} of the house`
    return [`"${said}"`, said.slice(0, 30)]
  },
  (chance) => {
    const said = `${random(chance, 8)} tell me all about it`
    return [`{"prompt": "${said}"}`, said]
  }
]

const places = [
  (text: string, body: string) => `${body.slice(0, 200)} ${text} ${body.slice(200)}`,
  (text: string) => JSON.stringify({ error: { message: `Incorrect: ${text} is not valid`, type: "x" } }),
  (text: string) => JSON.stringify({ error: { message: "no", code: text, type: text, param: text, status: text } }),
  (text: string) => JSON.stringify({ error: text, detail: [{ loc: ["body", text], msg: text, input: text }] }),
  (text: string) => JSON.stringify({ message: JSON.stringify({ error: { message: text } }), request_id: text }),
  (text: string) => JSON.stringify({ errors: [{ title: text, [text]: "as a key", deep: { deeper: [text] } }] }),
  (text: string) => `<html><title>${text}</title><h1>400</h1><p>${text}</p></html>`,
  (text: string) => `event: error\ndata: ${JSON.stringify({ type: "error", error: { message: text } })}\n\n`,
  (text: string) => `Error code: 400 - {'error': {'message': '${text}'}}`
]

const recorded = load("errors").map((fixture) => toInput(fixture))

const shown = (reason: Reason): string =>
  JSON.stringify(reason, (_, value: unknown) => (Duration.isDuration(value) ? Duration.toMillis(value) : value))

const answer = (chance: Chance, secret: readonly [string, string]): Failure.Input => {
  const base = recorded[Math.floor(chance() * recorded.length)]!
  const [text] = secret
  const body = places[Math.floor(chance() * places.length)]!(text, base.body)
  const inHeader = { "x-request-id": text, "retry-after": text, "x-ratelimit-reset-requests": text, "set-cookie": text }
  return {
    ...base,
    status: chance() < 0.3 ? 418 : base.status,
    body,
    headers: chance() < 0.5 ? inHeader : base.headers,
    code: chance() < 0.1 ? text : base.code
  }
}

describe("a reason, and what is exported of it", () => {
  it("holds no key, token, cookie or address that an answer holds, wherever it stands", { timeout: 600_000 }, () => {
    const chance = Hostile.chanceOf(11)
    for (let n = 0; n < cases; n++) {
      const secret = shaped[n % shaped.length]!(chance)
      const input = answer(chance, secret)
      const reason = Failure.classify(input)
      assert.notInclude(shown(reason), secret[1], `${n}: ${secret[0]} in ${input.body.slice(0, 300)}`)
      assert.notInclude(
        Failure.toFixture(input, reason),
        secret[1],
        `${n}: ${secret[0]} in ${input.body.slice(0, 300)}`
      )
    }
  })

  it("holds no long quotation and no prompt", () => {
    const chance = Hostile.chanceOf(12)
    for (let n = 0; n < 400; n++) {
      const secret = prompts[n % prompts.length]!(chance)
      const input = { ...answer(chance, ["", ""]), body: `Bad request: ${secret[0]} was refused` }
      const reason = Failure.classify(input)
      assert.notInclude(shown(reason), secret[1])
      assert.notInclude(Failure.toFixture(input, reason), secret[1])
    }
  })
})
