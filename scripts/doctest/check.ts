/** What `expression // => value` of an example becomes a call of. */
import { format } from "node:util"
import { expect } from "vitest"

/** `where` is file and line of the example. */
export const equal = (actual: unknown, expected: unknown, where: string): void => {
  expect(actual, where).toEqual(expected)
}

/** The line that `console.log(...values)` would print. */
export const printed = (values: ReadonlyArray<unknown>, expected: string, where: string): void => {
  expect(format(...values), where).toBe(expected)
}
