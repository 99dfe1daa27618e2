/**
 * `orelse serve`: runs the gateway until it is asked to stop, then drains it.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Configuration from "../Configuration.ts"
import * as Exposure from "../Exposure.ts"
import { causes, Failure } from "../Failure.ts"
import * as Log from "../Log.ts"
import * as Check from "../render/check.ts"
import { startup } from "../render/startup.ts"
import { styleOf } from "../render/text.ts"
import { root } from "../Root.ts"
import * as SameKeys from "../SameKeys.ts"
import { Screen } from "../Screen.ts"
import * as Signals from "../Signals.ts"
import * as Workers from "../Workers.ts"

const port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))

/** Node listens everywhere where there is none: `--host "$HOST"` must not open a gateway because a variable is not set. */
const host = Schema.NonEmptyString.annotate({ expected: "an address of this machine" })

/** More than a machine has cores for is a mistake of typing. */
const workers = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1024 }))

const flags = {
  port: Flag.Int("port").pipe(
    Flag.withAlias("p"),
    Flag.withSchema(port),
    Flag.withDescription("Port to listen on, instead of server.port; 0 takes a free one"),
    Flag.optional
  ),
  host: Flag.String("host").pipe(
    Flag.withSchema(host),
    Flag.withDescription("Address to listen on, instead of server.host; 0.0.0.0 is every one"),
    Flag.optional
  ),
  workers: Flag.Int("workers").pipe(
    Flag.withAlias("w"),
    Flag.withSchema(workers),
    Flag.withDescription("Processes that share the port, each on a core; default: this one alone"),
    Flag.optional
  )
}

interface Where {
  readonly host: string
  readonly port: number
}

/** Listens, until the end of the scope drains the gateway; the result is the address. */
const listen = (config: Config, where: Where) =>
  Effect.gen(function* () {
    const Server = yield* Effect.promise(() => import("@orelse/server/Server"))
    const { load } = yield* Configuration.module
    const options = yield* Configuration.options
    // The file that it began with: where that is gone, nothing else may take its place, least of all the open embedded default.
    const reload = load({ ...options, file: options.file ?? config.file })
    const log = yield* callLog
    const running = yield* Layer.build(Server.layer(config, { ...where, reload, log })).pipe(
      Effect.mapError((error) => notStarted(error, where))
    )
    return yield* Server.address.pipe(Effect.provide(running))
  })

/** This process alone. */
const alone = (config: Config, where: Where) =>
  Effect.gen(function* () {
    const address = yield* listen(config, where)
    const fork = Effect.runForkWith(yield* Effect.context<never>())
    yield* Signals.on("SIGUSR2", () => fork(Effect.logWarning(noWorkers)))
    yield* announce(config, where, reachable(address))
    yield* (yield* Screen).stop
  }).pipe(Effect.scoped)

const noWorkers =
  "SIGUSR2 replaces workers, and this gateway is one process without any: it goes on as it is. Stop it and start it again, or run it with --workers"

/** A line a call on standard output: JSON, and words for a person. None where `--log-level` wants less. */
const callLog = Effect.gen(function* () {
  const { log } = yield* Screen
  if (!(yield* LogLevel.isEnabled("Info"))) return undefined
  return { format: (yield* Log.isJson) ? "json" : "pretty", write: log } as const
})

/** What is served, with what is worth a warning of the address that it really listens on. */
const announce = (loaded: Config, { host }: Where, address: string) =>
  Effect.gen(function* () {
    const { json } = yield* root
    const config = yield* SameKeys.noted(yield* Exposure.noted(loaded, host))
    if (json) return yield* Console.log(JSON.stringify({ address, ...Check.valid(config) }))
    const screen = yield* Screen
    const hasKeys = yield* Exposure.hasKeys(config)
    yield* Console.log(
      startup({ config, address, style: styleOf(screen), hasKeys, program: screen.env["ORELSE_PROGRAM"] })
    )
  })

/** An address that a client can use: "every address" is none. */
const reachable = (address: string): string =>
  address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")

/** Why it does not listen, and whom to ask. */
export const notStarted = (error: unknown, { host, port }: Where): Failure => {
  const chain = causes(error)
  const code = chain.find((cause) => cause.code !== undefined)?.code
  switch (code) {
    case "EADDRINUSE":
      return new Failure({
        message: `Port ${port} on ${host} is taken by another program.`,
        next: `Take another one: orelse serve --port ${port < 65_535 ? port + 1 : 4100}\nOr see who has it: lsof -i :${port}`
      })
    case "EACCES":
      return new Failure({
        message: `Port ${port} on ${host} may not be opened by this user.`,
        next: "Take one above 1023: orelse serve --port 4100"
      })
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new Failure({
        message: `${host} is no address of this machine.`,
        next: "Listen on this machine only: orelse serve --host 127.0.0.1 — or on every address: --host 0.0.0.0"
      })
    default:
      return new Failure({
        message: `The gateway did not start: ${chain.map((cause) => cause.message).join(": ") || String(error)}`
      })
  }
}

/** The command. */
export const serve = Command.make("serve", flags, (input) =>
  Effect.gen(function* () {
    yield* Signals.othersAreNoEnd
    const config = yield* Configuration.load
    const where = {
      host: Option.getOrElse(input.host, () => config.server.host),
      port: Option.getOrElse(input.port, () => config.server.port)
    }
    if (Option.isNone(input.workers)) return yield* alone(config, where)
    yield* Workers.run({
      config,
      count: input.workers.value,
      listen: listen(config, where),
      announce: (address) => announce(config, where, reachable(address))
    })
  }).pipe(Effect.scoped, Effect.provide(Log.layer))
).pipe(
  Command.withDescription("Run the gateway: OpenAI, Anthropic and Gemini APIs over every configured provider"),
  Command.withExamples([
    { command: "orelse serve", description: "Without a file: every provider whose key is set, and the built-in demo" },
    { command: "orelse serve --config orelse.yaml --port 8080", description: "With a file, on another port" },
    {
      command: "orelse serve --workers 4",
      description: "Four processes on one port; POST /admin/restart replaces them one by one"
    }
  ])
)
