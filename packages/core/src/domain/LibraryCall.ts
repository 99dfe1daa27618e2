/**
 * A call from Effect code: a request in no dialect, without bytes of its own.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Call, ProgramOptions } from "./Call.ts"
import * as CallId from "./CallId.ts"
import type { Embeddings, Request } from "./Request.ts"

/**
 * Makes a call. `model` names it in records; what answers it is the route it is run on.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  request: Request,
  options?: ProgramOptions & { readonly model?: string; readonly stream?: boolean; readonly caller?: string }
): Effect.Effect<Call> => base("chat", request.model, options, { request: () => Result.succeed(request) })

/** Makes an embeddings call. @stability stable @category constructors @since 0.1.0 */
export const embeddings = (
  request: Embeddings,
  options?: ProgramOptions & { readonly model?: string; readonly caller?: string }
): Effect.Effect<Call> =>
  base("embeddings", request.model, options, {
    request: () => Result.succeed({ messages: [] }),
    embeddings: () => Result.succeed(request)
  })

const base = (
  operation: Call["operation"],
  model: string | undefined,
  options:
    | (ProgramOptions & { readonly model?: string; readonly stream?: boolean; readonly caller?: string })
    | undefined,
  request: Pick<Call, "request" | "embeddings">
): Effect.Effect<Call> =>
  Effect.map(Clock.currentTimeMillis, (startedAt) => ({
    id: CallId.make(startedAt),
    operation,
    dialect: "library",
    model: options?.model ?? model ?? "library",
    stream: options?.stream ?? false,
    options: options ?? {},
    caller: options?.caller,
    startedAt,
    ...request
  }))
