/**
 * Reads a caller's object field by field: what is of the wrong type is a problem with its place, what nobody asked for is the rest.
 *
 * Callers are read strictly where a field is known (providers are read leniently, `domain/Json.ts`); `null` counts as absent, as the official
 * SDKs send it. Only the first problem is kept.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Request } from "@orelse/core/domain/Request"
import * as Result from "effect/Result"
import type { BadRequest } from "./Dialect.ts"

type Extra = NonNullable<Request["extra"]>

/** Where the first problem is noted. */
interface Problems {
  first?: BadRequest
}

export class Fields {
  readonly #object: Json.JsonObject
  readonly #path: string
  readonly #problems: Problems
  readonly #seen = new Set<string>()

  constructor(object: Json.JsonObject, path: string, problems: Problems) {
    this.#object = object
    this.#path = path
    this.#problems = problems
  }

  /** What `make` makes of a caller's body, or the first problem that it met. */
  static read<A>(body: Json.JsonObject, make: (fields: Fields) => A): Result.Result<A, BadRequest> {
    const problems: Problems = {}
    const made = make(new Fields(body, "", problems))
    return problems.first === undefined ? Result.succeed(made) : Result.fail(problems.first)
  }

  /** The place of a field, as messages name it. */
  path(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`
  }

  /** The value as it is; `null` is absent. */
  raw(key: string): Json.Json | undefined {
    this.#seen.add(key)
    return this.#object[key] ?? undefined
  }

  number(key: string): number | undefined {
    return this.#as(key, "a number", Json.number)
  }

  string(key: string): string | undefined {
    return this.#as(key, "a string", Json.string)
  }

  boolean(key: string): boolean | undefined {
    return this.#as(key, "true or false", Json.boolean)
  }

  object(key: string): Extra[string] | undefined {
    return this.#as(key, "an object", (value) => Json.object(value) as Extra[string] | undefined)
  }

  array(key: string): ReadonlyArray<Json.Json> | undefined {
    return this.#as(key, "a list", (value) => (Array.isArray(value) ? Json.array(value) : undefined))
  }

  strings(key: string): ReadonlyArray<string> | undefined {
    return this.#as(key, "a list of strings", (value) =>
      Array.isArray(value) && value.every((item) => typeof item === "string")
        ? (value as ReadonlyArray<string>)
        : undefined
    )
  }

  /** A string that must be there. */
  required(key: string): string {
    const value = this.raw(key)
    if (typeof value === "string") return value
    this.problem(key, "a string", value)
    return ""
  }

  /** The objects of a list, each with its place; what is no object is a problem. */
  each(key: string): ReadonlyArray<Fields> {
    return (this.array(key) ?? []).flatMap((item, at) => {
      const object = Json.object(item)
      if (object !== undefined) return [new Fields(object, `${this.path(key)}[${at}]`, this.#problems)]
      this.problem(`${key}[${at}]`, "an object", item)
      return []
    })
  }

  /** The fields of an object in this one. */
  inside(key: string): Fields | undefined {
    const object = this.object(key)
    return object === undefined ? undefined : new Fields(object, this.path(key), this.#problems)
  }

  problem(key: string, expected: string, found: unknown): void {
    const param = this.path(key)
    const shown = found === undefined ? "nothing" : JSON.stringify(found).slice(0, 80)
    this.#problems.first ??= { message: `${param} must be ${expected}, got ${shown}`, param }
  }

  /** The whole object. */
  whole(): Json.JsonObject {
    return this.#object
  }

  /** The fields that nobody read, under one dialect's name; empty where there are none. */
  extra(dialect: string, more: Json.JsonObject = {}): { readonly extra?: Extra } {
    const rest: Record<string, Json.Json | undefined> = Json.compact({ ...more })
    for (const key in this.#object) {
      const value = this.#object[key]
      if (!this.#seen.has(key) && value !== undefined && value !== null) rest[key] = value
    }
    return Object.keys(rest).length === 0 ? {} : { extra: { [dialect]: rest } as Extra }
  }

  #as<A>(key: string, expected: string, read: (value: unknown) => A | undefined): A | undefined {
    const value = this.raw(key)
    if (value === undefined) return undefined
    const found = read(value)
    if (found === undefined) this.problem(key, expected, value)
    return found
  }
}
