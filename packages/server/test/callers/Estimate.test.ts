import { assert, describe, it } from "@effect/vitest"
import type { Call } from "@orelse/core/domain/Call"
import { decode } from "@orelse/core/layer/config/Config"
import * as Connections from "@orelse/core/layer/Connections"
import * as Providers from "@orelse/core/layer/Providers"
import * as Route from "@orelse/core/route/Route"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Estimate from "../../src/callers/Estimate.ts"

const yaml = `
providers:
  mine: { protocol: openai-chat, url: "http://127.0.0.1:9/v1", keys: [x], models: { priced: { inputPrice: 1000, outputPrice: 2000 } } }
routes:
  direct: mine/priced
  deep: { try: [direct, mine/other], deadline: 5s }
  spread: { balance: random, across: [deep, mine/other] }
  free: mine/other
`

const callOf = (characters: number, body: Readonly<Record<string, number>> = {}): Call => ({
  id: "c",
  operation: "chat",
  dialect: "openai-chat",
  model: "m",
  stream: false,
  wire: { text: "x".repeat(characters), body, headers: {} },
  request: () => Result.succeed({ messages: [] }),
  options: {},
  startedAt: 0
})

describe("Estimate.cost", () => {
  it.effect("is by the price of the first target, however deep it lies, and nothing where that has none", () =>
    Effect.gen(function* () {
      const config = Result.getOrThrow(decode(yaml, { env: {}, file: "test.yaml" }))
      const providers = Providers.make(config, yield* Connections.make)
      const names = { config, providers: new Map(providers.map((provider) => [provider.id, provider])) }
      const cost = (route: string, call: Call) => Estimate.cost(names, Route.route(route), call)
      // 100 tokens in at 0.001 USD, 10 out at 0.002.
      for (const route of ["direct", "deep", "spread"])
        assert.closeTo(cost(route, callOf(400, { max_tokens: 10 })), 0.12, 1e-9)
      // Nobody answers as much as many a client allows.
      assert.closeTo(cost("direct", callOf(400, { max_tokens: 100_000 })), 0.1 + 256 * 0.002, 1e-9)
      assert.strictEqual(cost("free", callOf(400)), 0)
      assert.strictEqual(cost("unknown", callOf(400)), 0)
    }).pipe(Effect.scoped)
  )
})
