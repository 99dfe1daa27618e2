import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import type { Attempt } from "../../src/domain/Attempt.ts"
import { LimitReached } from "../../src/domain/Reason.ts"
import * as Exhausted from "../../src/provider/Exhausted.ts"
import * as Shortage from "../../src/layer/Shortage.ts"

const failed = ({ message, providerCode }: Pick<LimitReached, "message" | "providerCode">): Attempt => ({
  ordinal: 1,
  provider: "open",
  model: "m",
  credential: "main",
  startedAt: 0,
  waitedBeforeMs: 0,
  outcome: "failed",
  durationMs: 1,
  reason: "LimitReached",
  providerCode,
  message
})

describe("what connections take and this process has run out of", () => {
  it.effect("is told in the log once a minute, and no other limit is", () => {
    const logged: Array<unknown> = []
    const logger = Logger.make(({ message }) => void logged.push(message))
    return Effect.gen(function* () {
      const shortage = yield* Shortage.make
      const exhausted = Exhausted.reason(Object.assign(new Error("connect"), { code: "EMFILE" }))!
      shortage(failed(new LimitReached({ message: "our own limit" })))
      assert.lengthOf(logged, 0)
      shortage(failed(exhausted))
      shortage(failed(exhausted))
      yield* TestClock.adjust("59999 millis")
      shortage(failed(exhausted))
      assert.lengthOf(logged, 1)
      assert.match(String(logged[0]), /^A provider \(open\) could not be asked: .*ulimit -n/)
      yield* TestClock.adjust("1 millis")
      shortage(failed(exhausted))
      assert.lengthOf(logged, 2)
    }).pipe(Effect.provide(Logger.layer([logger])))
  })
})
