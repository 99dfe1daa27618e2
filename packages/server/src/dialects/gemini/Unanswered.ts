/**
 * The calls of a conversation that have no result yet, for results that say a name at most: such a result belongs to the first of its name,
 * else to the first of all.
 *
 * A conversation may hold a hundred thousand calls at once. So each is passed once, by marks that move on, and none is searched for.
 */

interface Call {
  readonly id: string
  isAnswered: boolean
}

/** Calls in their order, of which those before `at` are answered. */
interface Line {
  readonly calls: Array<Call>
  at: number
}

/** The unanswered calls. */
export class Unanswered {
  readonly #all: Line = { calls: [], at: 0 }
  readonly #byName = new Map<string, Line>()
  readonly #byId = new Map<string, Array<Call>>()

  add(id: string, name: string): void {
    const call: Call = { id, isAnswered: false }
    this.#all.calls.push(call)
    const line = this.#byName.get(name)
    if (line === undefined) this.#byName.set(name, { calls: [call], at: 0 })
    else line.calls.push(call)
    const same = this.#byId.get(id)
    if (same === undefined) this.#byId.set(id, [call])
    else same.push(call)
  }

  /** The id of the call that a result of this name belongs to. */
  first(name: string | undefined): string | undefined {
    const line = name === undefined ? undefined : this.#byName.get(name)
    return ((line === undefined ? undefined : next(line)) ?? next(this.#all))?.id
  }

  /** A result came: every call of this id has it. */
  answer(id: string): void {
    for (const call of this.#byId.get(id) ?? []) call.isAnswered = true
    this.#byId.delete(id)
  }
}

const next = (line: Line): Call | undefined => {
  while (line.calls[line.at]?.isAnswered === true) line.at += 1
  return line.calls[line.at]
}
