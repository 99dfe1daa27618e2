/**
 * A call from Effect code: a request in no dialect, without bytes of its own.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import type { Call, ProgramOptions } from "./Call.ts"
import * as CallId from "./CallId.ts"
import type { Embeddings, Request } from "./Request.ts"

/** What a program says of one call; none of it is needed. @stability stable @category models @since 0.1.0 */
export interface Options extends ProgramOptions {
  readonly model?: string | undefined
  /** Name of the caller, for records. */
  readonly caller?: string | undefined
}

/**
 * Makes a call. `model`, its own or the request's, names it in records, and where there is neither `name` does; what answers it is the route it
 * is run on. Its span continues the one that is open around it, where the program has a tracer. Throws where the attempts are fewer than 1.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  request: Request,
  options?: Options & { readonly stream?: boolean | undefined },
  name?: string
): Effect.Effect<Call> => base("chat", request.model ?? name, options, { request: () => Result.succeed(request) })

/** Makes an embeddings call. @stability stable @category constructors @since 0.1.0 */
export const embeddings = (request: Embeddings, options?: Options, name?: string): Effect.Effect<Call> =>
  base("embeddings", request.model ?? name, options, {
    request: () => Result.succeed({ messages: [] }),
    embeddings: () => Result.succeed(request)
  })

const base = (
  operation: Call["operation"],
  model: string | undefined,
  options: (Options & { readonly stream?: boolean | undefined }) | undefined,
  request: Pick<Call, "request" | "embeddings">
): Effect.Effect<Call> => {
  const attempts = options?.attempts
  if (attempts !== undefined && !(attempts >= 1))
    throw new Error(`LibraryCall.make: attempts must be at least 1, got ${attempts}`)
  return Effect.withFiber((fiber) => {
    const startedAt = fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
    return Effect.succeed({
      id: CallId.make(startedAt),
      operation,
      dialect: "library",
      model: options?.model ?? model ?? "library",
      stream: options?.stream ?? false,
      options: optionsOf(options),
      caller: options?.caller,
      traceparent: traceparentOf(fiber.cache),
      startedAt,
      ...request
    })
  })
}

const optionsOf = (options: Options = {}): Call["options"] => {
  const { deadline, ...others } = options
  return deadline === undefined ? others : { ...others, deadline: Duration.fromInputUnsafe(deadline) }
}

/** The program's own span, where it has a tracer (or was handed a span of elsewhere): without one nobody would ever see that span. */
const traceparentOf = ({ span, tracer }: Fiber.Fiber.Cache): string | undefined =>
  span === undefined || (tracer === undefined && span._tag === "Span")
    ? undefined
    : `00-${span.traceId}-${span.spanId}-${span.sampled ? "01" : "00"}`
