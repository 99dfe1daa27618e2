/**
 * One call in this process, through the same router as the gateway's.
 */
import type { Answer, Streaming, Whole } from "@orelse/core/domain/Answer"
import type { AttemptError } from "@orelse/core/domain/AttemptError"
import type { CallError } from "@orelse/core/domain/CallError"
import * as LibraryCall from "@orelse/core/domain/LibraryCall"
import type { Request } from "@orelse/core/domain/Request"
import type { Response, StreamPart } from "@orelse/core/domain/Response"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Connections from "@orelse/core/layer/Connections"
import * as Cost from "@orelse/core/layer/Cost"
import * as Providers from "@orelse/core/layer/Providers"
import { ProviderRegistry } from "@orelse/core/provider/Provider"
import * as Router from "@orelse/core/route/Router"
import { Health } from "@orelse/core/target/Health"
import { Limits } from "@orelse/core/target/Limits"
import { Recorder } from "@orelse/core/target/Recorder"
import * as Console from "effect/Console"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Failure } from "./Failure.ts"
import * as Named from "./Named.ts"
import * as Attempts from "./render/attempts.ts"
import * as Text from "./render/text.ts"
import { Screen } from "./Screen.ts"

/** What to call with. */
export interface Input {
  readonly model: string
  readonly prompt: string
  readonly json: boolean
  readonly stream: boolean
  readonly system: string | undefined
  readonly timeout: Duration.Duration | undefined
  readonly attempts: number | undefined
  readonly maxTokens: number | undefined
}

/** Makes the call and prints its answer; fails with why it did not answer. */
export const call = (config: Config, input: Input) =>
  Effect.gen(function* () {
    const named = yield* Named.resolve(config, input.model)
    const output = yield* makeOutput
    const providers = ProviderRegistry.fromProviders(Providers.make(config, yield* Connections.make))
    const router = yield* Router.make((name) => config.routes.get(name)?.route).pipe(
      Effect.provideService(ProviderRegistry, providers),
      Effect.provideService(Recorder, yield* recorder(input.json, output)),
      Effect.provide([Health.layerMemory, Limits.layerMemory])
    )
    const { model, stream } = input
    const made = yield* LibraryCall.make(requestOf(input), { ...optionsOf(input), model, stream })
    const answered = yield* router
      .run(made, named.route, named.name)
      .pipe(Effect.catch((error) => failed(error, input.json)))
    const response = yield* print(answered.answer, input, output)
    if (!input.json) return yield* Console.error(Attempts.served(answered.served))
    yield* Console.log(
      Text.json({ callId: made.id, served: answered.served, attempts: answered.state.attempts, response })
    )
  }).pipe(Effect.scoped)

const requestOf = (input: Input): Request => ({
  messages: [
    ...(input.system === undefined
      ? []
      : [{ role: "system" as const, content: [{ type: "text" as const, text: input.system }] }]),
    { role: "user", content: [{ type: "text", text: input.prompt }] }
  ],
  ...(input.maxTokens === undefined ? {} : { maxTokens: input.maxTokens })
})

const optionsOf = (input: Input) => ({
  attempts: input.attempts,
  deadline: input.timeout
})

/** Attempts go to standard error as they end, below the answer's text; a program reads them in the answer instead. */
const recorder = (quiet: boolean, output: Output) =>
  Effect.map(Effect.all([Screen, Console.Console]), ([screen, console]) =>
    Recorder.of({
      append: (entry) => {
        if (quiet || entry._tag !== "AttemptEnd") return Effect.void
        // At once: nobody waits for a record at the end of a call.
        Effect.runFork(output.endLine)
        console.error(Attempts.attempt(entry.attempt, Text.styleOf(screen)))
        return Effect.void
      },
      costOf: Cost.ofModel
    })
  )

/** Standard output, and whether its line is open. */
interface Output {
  readonly write: (text: string) => Effect.Effect<void>
  readonly endLine: Effect.Effect<void>
}

const makeOutput = Effect.map(Screen, (screen): Output => {
  let open = false
  const write = (text: string) =>
    Effect.suspend(() => {
      if (text !== "") open = !text.endsWith("\n")
      // A file or a program gets what the model said; a terminal would obey it.
      return screen.write(screen.terminal ? Text.lines(text) : text)
    })
  return { write, endLine: Effect.suspend(() => (open ? write("\n") : Effect.void)) }
})

const print = (answer: Answer, input: Input, output: Output) =>
  answer._tag === "Whole" ? printWhole(answer, input, output) : printStream(answer, output)

const printWhole = (answer: Whole, input: Input, output: Output) =>
  Effect.gen(function* () {
    const response = answer.response()
    if (!input.json) yield* Effect.andThen(output.write(textOf(response)), output.endLine)
    return response
  })

const textOf = (response: Response): string =>
  response.content
    .map((part) => {
      if (part.type === "text" || part.type === "refusal") return part.text
      return part.type === "toolCall" ? `${part.name}(${part.arguments})` : ""
    })
    .join("")

/** Writes text as it comes; a reader that is slow slows the provider down. */
const printStream = (answer: Streaming, output: Output) =>
  Effect.gen(function* () {
    let resume: (() => void) | undefined
    let pending = 0
    const written = Effect.sync(() => {
      pending -= 1
      if (pending === 0) resume?.()
    })
    const write = (parts: ReadonlyArray<StreamPart>): boolean => {
      pending += 1
      Effect.runFork(Effect.andThen(output.write(parts.map(partText).join("")), written))
      return pending === 0
    }
    const onReady = (ready: () => void) => {
      resume = ready
    }
    yield* answer.run({ wants: "parts", write, onReady }).pipe(Effect.mapError(cutOff), Effect.ensuring(output.endLine))
    return undefined
  })

const partText = (part: StreamPart): string => {
  if (part.type === "text" || part.type === "refusal") return part.text
  if (part.type === "toolCallStart") return `${part.name} `
  return part.type === "toolCallDelta" ? part.arguments : ""
}

const cutOff = (error: AttemptError): Failure =>
  new Failure({
    message: `The answer was cut off: ${error.message}`,
    next: "What stands above is not the whole answer."
  })

/** A program reads why on standard output as well, with every attempt. */
const failed = (error: CallError, isJson: boolean) => {
  const { attempts, callId, message, reason } = error
  const said = Text.json({ callId, error: { reason: reason._tag, message }, attempts })
  return Effect.andThen(isJson ? Console.log(said) : Effect.void, Effect.fail(toFailure(error)))
}

const toFailure = (error: CallError): Failure => new Failure({ message: error.message, next: nextStep(error) })

const nextStep = ({ model, reason }: CallError): string | undefined => {
  switch (reason._tag) {
    case "NoTarget":
      return "See what is switched off: orelse check"
    case "AttemptsExhausted":
    case "DeadlineExceeded":
      return `See what the route does, and why: orelse explain ${model}`
    case "NoRoute":
    case "RequestRejected":
    case "CallerLimited":
    case "CallerRejected":
    case "BudgetSpent":
      return undefined
  }
}
