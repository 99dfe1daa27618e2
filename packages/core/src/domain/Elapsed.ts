/**
 * Time as it goes by, which no setting of the system's clock moves: for how long something takes or lasts, never for when it was.
 *
 * The system's clock is set while a gateway runs: at the start of a machine, after it slept, by hand. A timeout, a window or a queue that
 * counted by it would stand still for as long as it was set back.
 */
import type * as Clock from "effect/Clock"

/** Whole milliseconds since some moment of the past. @stability experimental @category getters @since 0.1.0 */
export const millis = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
