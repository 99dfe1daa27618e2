/**
 * A function call whose arguments come in pieces: each names its place in the arguments by a JSON path, texts grow piece by piece.
 *
 * Google sends them where the caller asked for it (`streamFunctionCallArguments`). Source: cloud.google.com "Vertex AI: function calling,
 * streaming function call arguments", read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"

/** Paths that point further into a list, or deeper, are not followed: a list is built as far as its last place, and writing goes as deep. */
const maxPlace = 9999
const maxDepth = 100

type Container = Record<string, unknown> | Array<unknown>

/** Gathers the arguments of one call. @stability experimental @category models @since 0.1.0 */
export class PartialCall {
  readonly index: number
  readonly #arguments: Container = {}

  constructor(index: number) {
    this.index = index
  }

  /** Takes the `args` and `partialArgs` of one event. */
  add(call: Json.JsonObject): void {
    for (const [name, value] of Object.entries(Json.object(call["args"]) ?? {})) put(this.#arguments, name, value)
    for (const piece of Json.array(call["partialArgs"])) {
      const steps = stepsOf(Json.string(Json.at(piece, "jsonPath")) ?? "")
      if (steps !== undefined) place(this.#arguments, steps, Json.object(piece)!)
    }
  }

  /** The arguments as JSON. */
  get text(): string {
    return JSON.stringify(this.#arguments)
  }
}

/** `$.recipe.steps[0]` and `$['two words']` as their steps; `undefined` where it points at nothing within. */
const stepsOf = (path: string): ReadonlyArray<string | number> | undefined => {
  const steps: Array<string | number> = []
  for (const [, name, single, double, at] of path.matchAll(/\.([^.[]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/g)) {
    const step = at === undefined ? (name ?? single ?? double ?? "") : Number(at)
    if (typeof step === "number" && step > maxPlace) return undefined
    steps.push(step)
  }
  return steps.length === 0 || steps.length > maxDepth ? undefined : steps
}

const place = (root: Container, steps: ReadonlyArray<string | number>, piece: Json.JsonObject): void => {
  let container = root
  for (let at = 0; at + 1 < steps.length; at++) {
    let next = get(container, steps[at]!)
    if (typeof next !== "object" || next === null) {
      next = typeof steps[at + 1] === "number" ? [] : {}
      put(container, steps[at]!, next)
    }
    container = next as Container
  }
  const last = steps.at(-1)!
  const before = get(container, last)
  const value = valueOf(piece)
  put(container, last, typeof before === "string" && typeof value === "string" ? before + value : value)
}

const valueOf = (piece: Json.JsonObject): Json.Json =>
  piece["stringValue"] ?? piece["numberValue"] ?? piece["boolValue"] ?? null

const get = (container: Container, step: string | number): unknown =>
  Object.hasOwn(container, step) ? (container as Record<string | number, unknown>)[step] : undefined

/** A name of the caller's own choice never reaches what an object inherits. */
const put = (container: Container, step: string | number, value: unknown): void => {
  Object.defineProperty(container, step, { value, writable: true, enumerable: true, configurable: true })
}
