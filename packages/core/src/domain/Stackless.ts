/**
 * Errors that are part of an answer, and have no stack trace: they say who, what and why themselves, and are made in the same places of
 * the engine again and again. Taking the trace costs more than all the rest of a failed attempt, just when many fail.
 */
import * as Data from "effect/Data"

/**
 * `Data.TaggedError`, whose `stack` is its name and message alone.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const TaggedError = <Tag extends string>(tag: Tag): ReturnType<typeof Data.TaggedError<Tag>> => {
  const Base: new (fields: never) => Error = Data.TaggedError(tag)
  class Stackless extends Base {
    constructor(fields: never) {
      const { stackTraceLimit } = Error
      // Where it is frozen, it stays as it is.
      Reflect.set(Error, "stackTraceLimit", 0)
      try {
        super(fields)
      } finally {
        Reflect.set(Error, "stackTraceLimit", stackTraceLimit)
      }
    }
  }
  return Stackless as never
}
