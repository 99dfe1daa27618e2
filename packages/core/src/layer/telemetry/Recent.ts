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
  const known: Array<{ readonly key: Key; readonly made: A }> = []
  let next = 0
  return (key) => {
    for (const one of known) if (isSame(one.key, key)) return one.made
    const made = make(key)
    known[next] = { key, made }
    next = (next + 1) % most
    return made
  }
}

const isSame = <Key extends object>(left: Key, right: Key): boolean => {
  for (const name in left) if (left[name] !== right[name]) return false
  return true
}
