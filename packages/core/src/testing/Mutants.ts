/**
 * Every JSON that differs from a given one in one place: what a careless or hostile sender could put there.
 *
 * For tests of whatever reads JSON from outside, such as a protocol of one's own: no mutant may make it throw.
 */
import type { Json } from "../domain/Json.ts"

const oddities: ReadonlyArray<Json> = [null, true, -1, "", "odd", [], [null], {}, { odd: [] }]

/**
 * The mutants: in each place each oddity, and each member gone. Their number grows with the places, the value itself is not among
 * them.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export function* mutants(value: Json): Generator<Json> {
  yield* oddities
  if (Array.isArray(value)) {
    const items = value as ReadonlyArray<Json>
    for (let at = 0; at < items.length; at++) {
      yield items.toSpliced(at, 1)
      for (const mutant of mutants(items[at]!)) yield items.with(at, mutant)
    }
  } else if (typeof value === "object" && value !== null) {
    const fields = value as Readonly<Record<string, Json>>
    for (const [key, inner] of Object.entries(fields)) {
      const { [key]: _, ...rest } = fields
      yield rest
      for (const mutant of mutants(inner)) yield { ...fields, [key]: mutant }
    }
  }
}
