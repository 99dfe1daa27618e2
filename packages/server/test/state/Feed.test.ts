import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Away, type Connection, type Hook } from "../../src/state/Connection.ts"
import * as Feed from "../../src/state/Feed.ts"

type Entry = readonly [id: string, fields: ReadonlyArray<string>]

/** Answers XRANGE as Redis before 6.2 does, which knows no range without its first. */
const olderRedis =
  (entries: ReadonlyArray<Entry>) =>
  (command: string, _key: string, first: string, ...more: ReadonlyArray<string>) => {
    assert.strictEqual(command, "XRANGE")
    if (!/^\d+-\d+$/.test(first))
      return Effect.fail(new Away({ message: "ERR Invalid stream ID specified as stream command argument" }))
    const from = entries.findIndex(([id]) => Number(id.split("-")[1]) >= Number(first.split("-")[1]))
    return Effect.succeed(from < 0 ? [] : entries.slice(from, from + Number(more.at(-1))))
  }

describe("Feed", () => {
  it.effect("brings whoever comes back up to date, each word once, by what Redis 5 knows", () =>
    Effect.gen(function* () {
      const entries: Array<Entry> = Array.from({ length: 2_500 }, (_, n) => [`1763700000000-${n + 1}`, ["e", `${n}`]])
      const send = olderRedis(entries)
      const hooks: Array<Hook> = []
      const connection: Pick<Connection, "send" | "onReturn" | "blocking"> = {
        send: () => Effect.never,
        onReturn: (hook) => void hooks.push(hook),
        blocking: Effect.succeed({ send: () => new Promise(() => {}), connect: Effect.void, renew: Effect.void })
      }
      const heard: Array<string> = []
      yield* Feed.make(connection, (text) => void heard.push(text))
      const comeBack = Effect.forEach(hooks, (hook) =>
        hook({
          send: (...args) => send(...(args as Parameters<typeof send>)),
          run: () => Effect.never,
          change: () => Effect.never
        })
      )
      yield* comeBack
      assert.deepStrictEqual(
        heard,
        entries.map(([, [, text]]) => text)
      )
      yield* comeBack
      assert.lengthOf(heard, 2_500)
      entries.push(["1763700000000-2501", ["e", "new"]])
      yield* comeBack
      assert.deepStrictEqual(heard.slice(2_500), ["new"])
    }).pipe(Effect.scoped)
  )
})
