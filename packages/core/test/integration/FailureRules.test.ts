import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Orelse from "../../src/layer/Orelse.ts"
import * as Route from "../../src/route/Route.ts"

/** A provider on loopback that says in its own words that it is full. */
const full = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
    const server = createServer((_, response) => {
      response.writeHead(418, { "content-type": "application/json" }).end('{"error":{"message":"no tea left"}}')
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      const close = () => (server.closeAllConnections(), server.close())
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}/v1`, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

const reasonOf = (failures?: Orelse.Options["failures"]) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { url } = yield* full
      const live = Orelse.layer({ providers: { mine: { protocol: "openai-chat", url, keys: [] } }, failures })
      const call = Orelse.run(Route.target("mine/m"), "hi", { attempts: 1 })
      const { attempts } = yield* call.pipe(Effect.flip, Effect.provide(live))
      return attempts.map(({ reason }) => reason)
    })
  )

describe("Orelse.layer with failures", () => {
  it.live("reads a provider's failures by the program's own rules first", () =>
    Effect.gen(function* () {
      const rules = [{ id: "mine/full", when: { family: ["mine"], text: ["no tea"] }, reason: "Overloaded" }] as const
      assert.deepStrictEqual(yield* reasonOf(), ["UnknownFailure"])
      assert.deepStrictEqual(yield* reasonOf({ rules }), ["Overloaded"])
    })
  )
})
