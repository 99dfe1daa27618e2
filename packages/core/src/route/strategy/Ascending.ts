/** Indices by a number, smallest first; equal ones keep their order. Shared by the strategies that compare. */

/** @stability experimental @category combinators @since 0.1.0 */
export const by = <A>(items: ReadonlyArray<A>, value: (item: A) => number): ReadonlyArray<number> =>
  items
    .map((item, index) => ({ index, value: value(item) }))
    .sort((a, b) => (a.value === b.value ? 0 : a.value - b.value))
    .map(({ index }) => index)
