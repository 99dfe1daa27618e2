/**
 * What a caller says to the gateway itself: the body's `orelse` object, or `x-orelse-…` headers (the body wins). Nothing of it
 * reaches a provider.
 */
import type { Options } from "@orelse/core/domain/Call"
import * as Json from "@orelse/core/domain/Json"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import { isUtf8 } from "node:buffer"
import type { IncomingHttpHeaders } from "node:http"
import * as Control from "../callers/Control.ts"
import type { Known } from "../callers/Known.ts"
import * as Presented from "../callers/Presented.ts"
import * as Unkeyed from "../callers/Unkeyed.ts"
import type { BadRequest } from "../dialects/Dialect.ts"

const none: Options = {}

/** Names of a list, fields of metadata; and characters of each: all of it stands in every record of the call. */
export const most = 64
const longest = 2_000

/** Characters of a model's name. */
export const longestName = 512

/** The options of a call, or what is wrong with them. */
export const read = (
  body: Json.JsonObject,
  request: Presented.Shown,
  known: Known
): Result.Result<Options, BadRequest> => {
  const { headers } = request
  const inBody = body["orelse"]
  if (inBody === undefined && !hasHeaders(headers)) return Result.succeed(none)
  const own = inBody === undefined ? {} : Json.object(inBody)
  if (own === undefined) return bad("orelse", "an object", inBody)
  const timeout = own["timeout"] ?? numeric(headers["x-orelse-timeout"])
  const attempts = own["attempts"] ?? numeric(headers["x-orelse-attempts"])
  const models = own["models"] ?? list(headers["x-orelse-models"])
  const tags = own["tags"] ?? list(headers["x-orelse-tags"])
  const metadata = both(own["metadata"], parsed(headers["x-orelse-metadata"]))
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0))
    return bad("timeout", "milliseconds above 0", timeout)
  if (attempts !== undefined && !(Number.isInteger(attempts) && Number(attempts) >= 1))
    return bad("attempts", "a whole number of at least 1", attempts)
  if (models !== undefined && !isNames(models, longestName))
    return bad(
      "models",
      `a list of 1 to ${most} names of at most ${longestName} characters, without control characters`,
      models
    )
  if (tags !== undefined && !isNames(tags, longest))
    return bad("tags", `a list of 1 to ${most} texts without control characters`, tags)
  if (metadata !== undefined && !isFlat(metadata))
    return bad(
      "metadata",
      `a flat object of at most ${most} texts (of ${longest} characters), numbers and booleans`,
      metadata
    )
  const keys = { known, shown: tags === undefined && metadata === undefined ? [] : Presented.keys(request) }
  return Result.succeed(
    Json.compact({
      deadline: timeout === undefined ? undefined : Duration.millis(timeout),
      attempts: attempts as number | undefined,
      models: models as ReadonlyArray<string> | undefined,
      // They go on record: without keys.
      tags: tags === undefined ? undefined : (Unkeyed.json(tags, keys) as ReadonlyArray<string>),
      metadata: metadata === undefined ? undefined : (Unkeyed.json(metadata, keys) as Options["metadata"])
    })
  )
}

const hasHeaders = (headers: IncomingHttpHeaders): boolean =>
  headers["x-orelse-timeout"] !== undefined ||
  headers["x-orelse-attempts"] !== undefined ||
  headers["x-orelse-models"] !== undefined ||
  headers["x-orelse-metadata"] !== undefined ||
  headers["x-orelse-tags"] !== undefined

type HeaderValue = string | ReadonlyArray<string> | undefined

/** Node reads headers as Latin-1; whoever sends more than ASCII sends UTF-8. */
const one = (value: HeaderValue): string | undefined => {
  const text = typeof value === "string" ? value : value?.[0]
  if (text === undefined || !beyondAscii.test(text)) return text
  const bytes = Buffer.from(text, "latin1")
  return isUtf8(bytes) ? bytes.toString("utf8") : text
}

const beyondAscii = /[\x80-\xff]/

const numeric = (value: HeaderValue): Json.Json | undefined => {
  const text = one(value)
  if (text === undefined) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

const list = (value: HeaderValue): ReadonlyArray<string> | undefined =>
  one(value)
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")

const parsed = (value: HeaderValue): Json.Json | undefined => {
  const text = one(value)
  return text === undefined ? undefined : (Json.parse(text) ?? text)
}

/** Field by field the body wins: a proxy may say the application, and the program its run. */
const both = (body: Json.Json | undefined, header: Json.Json | undefined): Json.Json | undefined => {
  if (body === undefined || header === undefined) return body ?? header
  const [inBody, inHeader] = [Json.object(body), Json.object(header)]
  if (inBody === undefined) return body
  return inHeader === undefined ? header : { ...inHeader, ...inBody }
}

const isNames = (value: unknown, longest: number): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= most &&
  value.every((name) => typeof name === "string" && name !== "" && name.length <= longest && !Control.isIn(name))

const isFlat = (value: unknown): boolean => {
  const object = Json.object(value)
  if (object === undefined || Object.keys(object).length > most) return false
  return Object.values(object).every((field) =>
    typeof field === "string" ? field.length <= longest : field === null || typeof field !== "object"
  )
}

const bad = (field: string, expected: string, found: unknown): Result.Result<never, BadRequest> =>
  Result.fail({
    message: `orelse${field === "orelse" ? "" : `.${field}`} must be ${expected}, got ${JSON.stringify(found)?.slice(0, 80)}`,
    param: field === "orelse" ? "orelse" : `orelse.${field}`
  })
