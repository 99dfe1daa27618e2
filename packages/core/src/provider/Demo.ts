/**
 * The built-in provider: answers by rule, in process, with no key and no network, so that a first request works in a minute and
 * fallback can be seen without breaking anything.
 *
 * | model | does |
 * |---|---|
 * | any other | repeats the last user message, or calls the first tool it is offered |
 * | `slow` | the same, a word every 100 ms |
 * | `down` | fails as overloaded (503) |
 * | `limited` | fails as rate limited (429), asking for a wait of 2 s |
 * | `cut` | a stream that is cut after three words |
 *
 * It is no model and pretends to be none.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Answer, Sink } from "../domain/Answer.ts"
import { AttemptError } from "../domain/AttemptError.ts"
import * as Elapsed from "../domain/Elapsed.ts"
import * as Json from "../domain/Json.ts"
import { Overloaded, RateLimited, StreamInterrupted, type Reason } from "../domain/Reason.ts"
import type { AssistantPart, Embeddings, Message, Request, Tool } from "../domain/Request.ts"
import type { Response, StreamPart } from "../domain/Response.ts"
import type { Usage } from "../domain/Usage.ts"
import { PartsBody } from "./PartsBody.ts"
import type { Input, Provider } from "./Provider.ts"

/**
 * The provider, under the id that routes name (`demo/echo`).
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (id = "demo"): Provider => ({
  id,
  protocol: "library",
  family: "demo",
  credentials: [{ name: "none", secret: undefined }],
  models: { echo: {}, slow: {}, down: {}, limited: {}, cut: {} },
  attempt: (input) =>
    Effect.clockWith((clock) => {
      const failed = (reason: Reason) =>
        new AttemptError({ reason, provider: id, model: input.model, credential: "none" })
      const refusal = Object.hasOwn(refusals, input.model) ? refusals[input.model] : undefined
      if (refusal !== undefined) return Effect.fail(failed(refusal()))
      if (input.call.operation === "embeddings") return Effect.succeed(embed(input))
      const request = input.request === undefined ? input.call.request() : Result.succeed(input.request)
      if (Result.isFailure(request)) return Effect.fail(failed(request.failure))
      const response = respond(request.success, input.model)
      if (!input.call.stream) return Effect.succeed(whole(response))
      return Effect.succeed(streamed(response, input, failed, () => Elapsed.millis(clock)))
    })
})

const refusals: Readonly<Record<string, () => Reason>> = {
  down: () => new Overloaded({ message: "demo/down is always overloaded", status: 503 }),
  limited: () =>
    new RateLimited({ message: "demo/limited always asks you to wait", status: 429, retryAfter: Duration.seconds(2) })
}

/** The whole answer to a request. */
const respond = (request: Request, model: string): Response => {
  const last = request.messages.at(-1)
  const tool = request.toolChoice === "none" ? undefined : toolOf(request)
  const part: AssistantPart =
    tool !== undefined && last?.role === "user"
      ? {
          type: "toolCall",
          id: `call_${tool.name}_1`,
          name: tool.name,
          arguments: JSON.stringify(argumentsOf(tool, textOf(last)))
        }
      : {
          type: "text",
          text: last?.role === "tool" ? `The tool says: ${textOf(last)}` : `You said: ${lastUserText(request)}`
        }
  const output = part.type === "toolCall" ? part.arguments : part.type === "text" ? part.text : ""
  return {
    id: "demo",
    model,
    content: [part],
    finishReason: part.type === "toolCall" ? "tool_calls" : "stop",
    usage: usageOf(request.messages.map(textOf).join(" "), output)
  }
}

const toolOf = (request: Request): Tool | undefined => {
  const choice = request.toolChoice
  return typeof choice === "object" ? request.tools?.find((tool) => tool.name === choice.name) : request.tools?.[0]
}

/** Something of the right type for each required argument. */
const argumentsOf = (tool: Tool, text: string): Json.JsonObject => {
  const properties = Json.object(tool.parameters?.["properties"]) ?? {}
  const required = Json.array(tool.parameters?.["required"]).filter((name) => typeof name === "string")
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return Object.fromEntries(names.map((name) => [name, sample(Json.object(properties[name]), text)]))
}

const sample = (schema: Json.JsonObject | undefined, text: string): Json.Json => {
  const choices = Json.array(schema?.["enum"])
  if (choices.length > 0) return choices[0]!
  const type = schema?.["type"]
  if (type === "number" || type === "integer") return 1
  if (type === "boolean") return true
  if (type === "array") return []
  return type === "object" ? {} : text
}

const textOf = (message: Message): string =>
  (message.content as ReadonlyArray<{ readonly type: string; readonly text?: string }>)
    .map((part) => part.text ?? `[${part.type}]`)
    .join(" ")

const lastUserText = (request: Request): string => {
  const message = request.messages.findLast((message) => message.role === "user")
  return message === undefined ? "" : textOf(message)
}

const wordsOf = (text: string): ReadonlyArray<string> => text.match(/\S+\s*/g) ?? []

const wordsIn = (part: StreamPart): number => {
  if (part.type === "text") return 1
  return part.type === "toolCallDelta" ? wordsOf(part.arguments).length : 0
}

/** A word is counted as a token. */
const usageOf = (input: string, output: string): Usage => {
  const inputTokens = wordsOf(input).length
  const outputTokens = Math.max(1, wordsOf(output).length)
  return counted(inputTokens, outputTokens)
}

const counted = (inputTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens,
  costUsd: 0
})

const whole = (response: Response): Answer => ({
  _tag: "Whole",
  protocol: "library",
  usage: response.usage,
  finishReason: response.finishReason,
  response: () => response
})

const streamed = (
  response: Response,
  input: Input,
  failed: (reason: Reason) => AttemptError,
  now: () => number
): Answer => {
  const every = input.model === "slow" ? Duration.millis(100) : Duration.zero
  const cut = input.model === "cut"
  const body = new PartsBody(input.trace, now)
  const run = (sink: Sink): Effect.Effect<void, AttemptError> =>
    Effect.gen(function* () {
      let [sent, output] = [0, 0]
      for (const part of partsOf(response)) {
        if (cut && sent === 4)
          return yield* failed(
            new StreamInterrupted({ message: "demo/cut always cuts its streams", contentSent: true })
          )
        if (Duration.isGreaterThan(every, Duration.zero)) yield* Effect.sleep(every)
        // All so far with each part: a stream that is cut or left is counted too.
        output += wordsIn(part)
        body.take([{ type: "usage", usage: counted(response.usage?.inputTokens ?? 0, output) }, part])
        yield* body.deliver(sink, [part])
        sent += 1
      }
    })
  return body.answer(run)
}

const partsOf = (response: Response): ReadonlyArray<StreamPart> => {
  const [part] = response.content
  const content: ReadonlyArray<StreamPart> =
    part?.type === "toolCall"
      ? [
          { type: "toolCallStart", index: 0, id: part.id, name: part.name },
          { type: "toolCallDelta", index: 0, arguments: part.arguments }
        ]
      : wordsOf(part?.type === "text" ? part.text : "").map((text) => ({ type: "text", index: 0, text }))
  return [
    { type: "start", id: "demo", ...(response.model === undefined ? {} : { model: response.model }) },
    ...content,
    { type: "finish", reason: response.finishReason ?? "stop" },
    { type: "usage", usage: response.usage ?? {} }
  ]
}

/** Vectors that depend on the text alone: equal texts are equal, no more is promised. */
const embed = (input: Input): Answer => {
  const asked = input.call.embeddings?.()
  const request: Embeddings = asked !== undefined && Result.isSuccess(asked) ? asked.success : { input: [] }
  const texts = request.input.map((item) => (typeof item === "string" ? item : item.join(" ")))
  const usage = usageOf(texts.join(" "), "")
  const embeddings = texts.map((text, at) => vectorOf(text, request.sizes?.[at] ?? request.dimensions ?? 8))
  return {
    _tag: "Whole",
    protocol: "library",
    usage,
    response: () => ({ content: [] }),
    embeddings: () => ({ model: input.model, embeddings, usage })
  }
}

const vectorOf = (text: string, dimensions: number): ReadonlyArray<number> => {
  const vector = Array.from({ length: dimensions }, () => 0)
  for (let index = 0; index < text.length; index++)
    vector[index % dimensions]! += Math.sin(text.charCodeAt(index) * (index + 1))
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}
