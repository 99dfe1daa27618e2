/**
 * What comes out the same for call after call, made once: of a gateway's calls, most have the same route, target, caller and end.
 */

/** So many are remembered; the oldest goes first. */
const most = 32

/**
 * Remembers what `make` gave for the last keys: flat objects whose fields are compared by `===`. It must depend on its key alone.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = <Key extends object, A>(make: (key: Key) => A): ((key: Key) => A) => {
  const known: Array<{ readonly values: ReadonlyArray<unknown>; readonly made: A }> = []
  let next = 0
  return (key) => {
    // Keys have the same fields in the same order; a list is compared several times as fast.
    const values = Object.values(key)
    for (const one of known) if (isSame(one.values, values)) return one.made
    const made = make(key)
    known[next] = { values, made }
    next = (next + 1) % most
    return made
  }
}

const isSame = (left: ReadonlyArray<unknown>, right: ReadonlyArray<unknown>): boolean => {
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false
  return true
}
