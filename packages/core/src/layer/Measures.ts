/**
 * Limits and timeouts of a provider as a program gives them, under the rules of the configuration's: what would let nothing through, or
 * bound nothing, is thrown where the program says it.
 */
import * as Duration from "effect/Duration"
import type { Provider } from "../provider/Provider.ts"

/**
 * Throws where a limit is below 1, or a window or a timeout is no Duration longer than 0. `by` begins the message.
 *
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const check = (
  by: string,
  { id, limits = {}, timeouts = {} }: Pick<Provider, "id" | "limits" | "timeouts">
): void => {
  const { concurrency, requests, tokens } = limits
  const refuse = (what: string, expected: string, got: unknown): never => {
    throw new Error(`${by}: ${what} of provider "${id}" must be ${expected}, got ${written(got)}`)
  }
  for (const [name, value] of Object.entries({ concurrency, requests: requests?.limit, tokens: tokens?.limit }))
    if (value !== undefined && !(value >= 1)) refuse(`limits.${name}`, "at least 1", value)
  const times = {
    "limits.requests.window": requests?.window,
    "limits.tokens.window": tokens?.window,
    "timeouts.connect": timeouts.connect,
    "timeouts.firstContent": timeouts.firstContent,
    "timeouts.idle": timeouts.idle,
    "timeouts.total": timeouts.total
  }
  for (const [name, value] of Object.entries(times))
    if (value !== undefined && !isTime(value)) refuse(name, "a Duration longer than 0", value)
}

const isTime = (value: unknown): boolean => Duration.isDuration(value) && Duration.isGreaterThan(value, Duration.zero)

const written = (value: unknown): string => (Duration.isDuration(value) ? Duration.format(value) : String(value))
