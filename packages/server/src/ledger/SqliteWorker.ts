/**
 * Talks to the SQLite store's other thread (`sqliteThread.ts`): it is started by the first question, and ends with the scope.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Worker } from "node:worker_threads"
import { type Row, type Statement, StoreError } from "./Store.ts"

/** @stability experimental @category models @since 0.1.0 */
export interface SqliteWorker {
  readonly read: (statement: Statement) => Effect.Effect<ReadonlyArray<Row>, StoreError>
  readonly checkpoint: Effect.Effect<void, StoreError>
  /** The next question goes to the file that stands at the path then. */
  readonly renew: Effect.Effect<void>
}

interface Answer {
  readonly id: number
  readonly rows?: ReadonlyArray<Row>
  readonly error?: string
}

/** The thread of the database at this path. @stability experimental @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* (path: string): Effect.fn.Return<SqliteWorker, never, Scope.Scope> {
  const waiting = new Map<number, (answer: Answer) => void>()
  let worker: Worker | undefined
  let lastId = 0
  const failAll = (error: string): void => {
    worker = undefined
    const failed = [...waiting]
    // Whoever hears of it may ask again at once.
    waiting.clear()
    for (const [id, answer] of failed) answer({ id, error })
  }
  const start = (): Worker => {
    const file = import.meta.url.endsWith(".ts") ? "./sqliteThread.ts" : "./sqliteThread.js"
    const started = new Worker(new URL(file, import.meta.url), { workerData: { path }, stdin: false })
    started.unref()
    started.on("message", (answer: Answer) => {
      waiting.get(answer.id)?.(answer)
      waiting.delete(answer.id)
    })
    started.on("error", (error) => (worker === started ? failAll(error.message) : undefined))
    // After an error another one may have begun.
    started.on("exit", () => (worker === started ? failAll("the reading thread has ended") : undefined))
    return started
  }
  const ask = (question: object): Effect.Effect<ReadonlyArray<Row>, StoreError> =>
    Effect.callback((resume) => {
      const id = ++lastId
      waiting.set(id, ({ error, rows }) =>
        resume(
          error === undefined
            ? Effect.succeed(rows ?? [])
            : Effect.fail(new StoreError({ kind: "away", message: `SQLite: ${error}` }))
        )
      )
      worker ??= start()
      worker.postMessage({ id, ...question })
    })
  const end = Effect.suspend(() => {
    const ending = worker
    if (ending === undefined) return Effect.void
    failAll("the reading thread was ended")
    return Effect.asVoid(Effect.promise(() => ending.terminate()))
  })
  yield* Effect.addFinalizer(() => end)
  return {
    read: ({ sql, values }) => ask({ sql, values }),
    checkpoint: Effect.asVoid(ask({})),
    renew: end
  }
})
