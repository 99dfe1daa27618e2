/**
 * What comes out the same for call after call, made once: of a gateway's calls, most have the same route, target, caller and end.
 */

/** So many are remembered; the oldest goes first. */
const most = 32

/**
 * Remembers what `make` gave for the last keys, which `isSame` tells apart. It must depend on its key alone, and on nothing of it that is not compared.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = <Key, A>(isSame: (one: Key, other: Key) => boolean, make: (key: Key) => A): ((key: Key) => A) => {
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
