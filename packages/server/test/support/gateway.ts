/**
 * A gateway in this process on a free loopback port, from the text of a configuration file; for integration tests.
 */
import type { AttemptRow } from "@orelse/core/layer/Ledger"
import { decode } from "@orelse/core/layer/config/Config"
import { Ledger, type CallRow, type CallStory } from "@orelse/core/layer/Ledger"
import { Health } from "@orelse/core/target/Health"
import { Limits } from "@orelse/core/target/Limits"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Server from "../../src/Server.ts"

export interface TestGateway {
  readonly url: string
  /** The calls on record, newest first, with their attempts. */
  readonly calls: () => Promise<ReadonlyArray<{ readonly call: CallRow; readonly attempts: ReadonlyArray<AttemptRow> }>>
  /** The same with all that is kept of each, newest first. */
  readonly stories: () => Promise<ReadonlyArray<CallStory>>
  readonly health: Health["Service"]
  readonly limits: Limits["Service"]
  /** Stops it as SIGTERM does. */
  readonly close: () => Promise<void>
}

export interface Options {
  /** Time as the gateway knows it; sockets keep the real one. */
  readonly clock?: Clock.Clock
}

/** Starts a gateway; `yaml` needs no `server` and no `ledger` section. `log` gets the lines of its calls. */
export const start = async (
  yaml: string,
  env: Readonly<Record<string, string>> = {},
  log?: (text: string) => void,
  { clock }: Options = {}
): Promise<TestGateway> => {
  const folder = mkdtempSync(join(tmpdir(), "orelse-test-"))
  const text = /^ledger:/m.test(yaml)
    ? yaml
    : `${yaml}\nledger: { store: sqlite, path: ${join(folder, "orelse.db")} }\n`
  const decoded = decode(text, { env, file: "test.yaml" })
  if (Result.isFailure(decoded))
    throw new Error(`the test's configuration is wrong: ${JSON.stringify(decoded.failure)}`)
  const scope = Scope.makeUnsafe()
  const serverOptions: Server.Options = {
    host: "127.0.0.1",
    port: 0,
    ...(log === undefined ? {} : { log: { format: "pretty", write: log } })
  }
  const built = Scope.provide(Layer.build(Server.layer(decoded.success, serverOptions)), scope)
  const context = await Effect.runPromise(
    clock === undefined ? built : Effect.provideService(built, Clock.Clock, clock)
  )
  const url = await Effect.runPromise(Effect.provideContext(Server.address, context))
  const ledger = Context.get(context, Ledger)
  return {
    url,
    health: Context.get(context, Health),
    limits: Context.get(context, Limits),
    calls: async () => (await read(ledger)).map(({ row, story }) => ({ call: row, attempts: story?.attempts ?? [] })),
    stories: async () => (await read(ledger)).flatMap(({ story }) => (story === undefined ? [] : [story])),
    close: async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Every call on record, as lists show it and by itself. */
const read = (ledger: Ledger["Service"]) =>
  Effect.runPromise(
    Effect.gen(function* () {
      yield* ledger.flush
      const page = yield* ledger.calls({ limit: 1000 })
      return yield* Effect.forEach(page.calls, (row) => Effect.map(ledger.call(row.id), (story) => ({ row, story })))
    }).pipe(Effect.orDie)
  )
