/**
 * A gateway as a process of its own, for what can only be seen from within: `node --expose-gc gatewayMain.ts CONFIG`, forked. It sends
 * `{url}` once it listens, and a `Sample` for every message; a disconnect ends it as SIGTERM does.
 */
import { decode } from "@orelse/core/layer/config/Config"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import * as v8 from "node:v8"
import * as Server from "../../src/Server.ts"

/** What the process holds, after everything that nobody needs was collected. */
export interface Sample {
  readonly heapBytes: number
  readonly fibers: number
  /** Timers, sockets and the like that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** Rejections and exceptions that nobody caught. */
  readonly uncaught: ReadonlyArray<string>
}

const uncaught: Array<string> = []
process.on("unhandledRejection", (reason) => uncaught.push(String(reason)))
process.on("uncaughtException", (error) => uncaught.push(String(error.stack)))

const [, , file = ""] = process.argv
const config = Result.getOrThrow(decode(readFileSync(file, "utf8"), { env: {}, file }))
const scope = Scope.makeUnsafe()
const layer = Server.layer({ ...config, file: undefined }, { host: "127.0.0.1", port: 0 })
const context = await Effect.runPromise(Scope.provide(Layer.build(layer), scope))
const url = await Effect.runPromise(Effect.provideContext(Server.address, context))

const anyFiber = Effect.runFork(Effect.void)

const sample = (): Sample => {
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  // Counting collects garbage first.
  const fibers = v8.queryObjects(anyFiber.constructor, { format: "count" })
  globalThis.gc?.()
  return { heapBytes: process.memoryUsage().heapUsed, fibers, resources, uncaught }
}

process.on("message", () => process.send?.(sample()))
process.on("disconnect", () => {
  void Effect.runPromise(Scope.close(scope, Exit.void)).then(() => process.exit(0))
})
process.send?.({ url })
