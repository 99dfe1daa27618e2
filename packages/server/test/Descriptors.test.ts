import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import * as Descriptors from "../src/Descriptors.ts"

describe("Descriptors.watch", () => {
  it.effect(
    "tells once that there are none left for callers' connections, with the next step, and once that there are again",
    () => {
      const logged: Array<string> = []
      const logger = Logger.make(({ message }) => void logged.push(String(message)))
      return Effect.gen(function* () {
        let code: string | undefined
        yield* Descriptors.watch(Effect.suspend(() => (code === undefined ? Effect.void : Effect.fail({ code }))))
        const after = (next: string | undefined) => {
          code = next
          return Effect.as(TestClock.adjust("10 seconds"), logged.length)
        }
        yield* after(undefined)
        yield* after("EACCES")
        assert.deepStrictEqual(logged, [])
        yield* after("EMFILE")
        yield* after("EMFILE")
        assert.lengthOf(logged, 1)
        assert.match(logged[0] ?? "", /closed unanswered; raise the limit \(ulimit -n.*EMFILE/)
        yield* after(undefined)
        yield* after(undefined)
        assert.lengthOf(logged, 2)
        assert.include(logged[1], "again")
      }).pipe(Effect.provide(Logger.layer([logger])))
    }
  )
})
