import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Direct } from "../../src/state/Connection.ts"
import * as Scripts from "../../src/state/LimitScripts.ts"
import * as Places from "../../src/state/Places.ts"

describe("Places", () => {
  it.effect("holds on to none that was given back while others were held on", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      let meanwhile: Effect.Effect<void> = Effect.void
      const change: Direct["change"] = (script, [key], ids) =>
        Effect.suspend(() => {
          const now = meanwhile
          meanwhile = Effect.void
          sent.push(`${script === Scripts.renew ? "renew" : "leave"} ${key} ${ids.join()}`)
          return now
        })
      const places = Places.make({ change })
      places.hold("a", "1")
      const second = places.hold("b", "2")
      meanwhile = second.leave
      yield* places.renew({ change })
      assert.deepStrictEqual(sent, ["renew orelse:limit:{a}:places 1", "leave orelse:limit:{b}:places 2"])
    })
  )
})
