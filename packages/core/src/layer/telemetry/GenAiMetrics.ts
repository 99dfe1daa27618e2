/**
 * The metrics of a client of generative AI, by OpenTelemetry's conventions (open-telemetry/semantic-conventions,
 * docs/gen-ai/gen-ai-metrics.md, read November 2026), from the attempts of finished calls. Counted only where OTLP is on.
 */
import type { Attempt } from "../../domain/Attempt.ts"
import type { EndedCall } from "../Telemetry.ts"
import type { Histogram, Instruments } from "./Instruments.ts"
import * as Recent from "../../domain/Recent.ts"

/** Buckets that the conventions ask for. */
const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const firstChunkSeconds = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const tokens = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864]

const labels = ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model"]

/** By what series are told apart. */
interface Labels {
  readonly operation: string
  /** What the conventions call the provider. */
  readonly name: string
  readonly model: string
  readonly failure: string
}

const isSame = (one: Labels, other: Labels): boolean =>
  one.operation === other.operation &&
  one.name === other.name &&
  one.model === other.model &&
  one.failure === other.failure

type Series = { readonly [K in "duration" | "firstChunk" | "input" | "output"]: () => Histogram }

const once = <A>(make: () => A): (() => A) => {
  let made: A | undefined
  return () => (made ??= make())
}

/**
 * @param nameOf what the conventions call a provider, given our name of it.
 * @param modelOf the model's name as a label, which callers must not choose.
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  instruments: Instruments,
  nameOf: (provider: string) => string,
  modelOf: (provider: string, model: string) => string = (_provider, model) => model
): ((call: EndedCall) => void) => {
  const duration = instruments.histogram(
    {
      name: "gen_ai.client.operation.duration",
      help: "GenAI operation duration.",
      unit: "s",
      labels: [...labels, "error.type"]
    },
    seconds
  )
  const firstChunk = instruments.histogram(
    {
      name: "gen_ai.client.operation.time_to_first_chunk",
      help: "Time to receive the first chunk.",
      unit: "s",
      labels
    },
    firstChunkSeconds
  )
  const usage = instruments.histogram(
    {
      name: "gen_ai.client.token.usage",
      help: "Number of input and output tokens used.",
      unit: "{token}",
      labels: [...labels, "gen_ai.token.type"]
    },
    tokens
  )
  /** The series of attempts that are alike; those that nothing is counted in are not made. */
  const seriesOf = Recent.make(isSame, ({ failure, model, name, operation }): Series => {
    const common = [operation, name, model] as const
    return {
      duration: once(() => duration(...common, failure)),
      firstChunk: once(() => firstChunk(...common)),
      input: once(() => usage(...common, "input")),
      output: once(() => usage(...common, "output"))
    }
  })
  const attemptEnd = (operation: string, isStream: boolean, attempt: Attempt) => {
    const failure = attempt.outcome === "answered" ? "" : (attempt.reason ?? attempt.outcome)
    const model = modelOf(attempt.provider, attempt.model)
    const series = seriesOf({ operation, name: nameOf(attempt.provider), model, failure })
    series.duration().observe(attempt.durationMs / 1000)
    if (isStream && attempt.firstContentMs !== undefined) series.firstChunk().observe(attempt.firstContentMs / 1000)
    const { inputTokens, outputTokens } = attempt.usage ?? {}
    if (inputTokens !== undefined) series.input().observe(inputTokens)
    if (outputTokens !== undefined) series.output().observe(outputTokens)
  }
  return ({ attempts, start }) => {
    for (const attempt of attempts) attemptEnd(start.operation, start.stream, attempt)
  }
}
