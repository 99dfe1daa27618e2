/**
 * `providers:` one entry a wire deployment; a known name takes protocol, url and key variables from the profile table.
 */
import * as Schema from "effect/Schema"
import { protocolIds } from "../../../domain/Dialect.ts"
import * as Scalar from "./Scalar.ts"

/** A key by itself, or with the name that records show. @stability experimental @category schemas @since 0.1.0 */
export const Key = Schema.Union([Scalar.text, Schema.Struct({ name: Scalar.text, value: Scalar.text })]).annotate({
  expected: "a key, or { name, value }"
})

/** @stability experimental @category schemas @since 0.1.0 */
export const Limits = Schema.Struct({
  requests: Schema.optionalKey(Scalar.rate),
  tokens: Schema.optionalKey(Scalar.rate),
  concurrency: Schema.optionalKey(Scalar.count(1))
})

/** @stability experimental @category schemas @since 0.1.0 */
export const Timeouts = Schema.Struct({
  connect: Schema.optionalKey(Scalar.positiveDuration),
  firstContent: Schema.optionalKey(Scalar.positiveDuration),
  idle: Schema.optionalKey(Scalar.positiveDuration),
  total: Schema.optionalKey(Scalar.positiveDuration)
})

const price = Scalar.number({ expected: "a price of at least 0, in USD per 1e6 tokens", minimum: 0 })

/** @stability experimental @category schemas @since 0.1.0 */
export const Model = Schema.Struct({
  contextWindow: Schema.optionalKey(Scalar.count(1)),
  maxOutputTokens: Schema.optionalKey(Scalar.count(1)),
  inputPrice: Schema.optionalKey(price),
  outputPrice: Schema.optionalKey(price),
  cachedPrice: Schema.optionalKey(price),
  cacheWritePrice: Schema.optionalKey(price),
  tools: Schema.optionalKey(Scalar.boolean)
})

/** How a key is shown; the protocol's own way where absent. @stability experimental @category schemas @since 0.1.0 */
export const Auth = Schema.Union([
  Schema.Literals(["none", "bearer", "sigv4"]),
  Schema.Struct({ header: Scalar.text }),
  Schema.Struct({ query: Scalar.text })
]).annotate({ expected: "none, bearer, sigv4, { header: NAME } or { query: NAME }" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Provider = Schema.Struct({
  protocol: Schema.optionalKey(Scalar.oneOf(protocolIds)),
  /** What the provider's own SDK takes as its base URL. */
  url: Schema.optionalKey(Scalar.text),
  /** The profile row whose error wording and switches it follows, where its name is not one. */
  family: Schema.optionalKey(Scalar.text),
  keys: Schema.optionalKey(Schema.Array(Key)),
  auth: Schema.optionalKey(Auth),
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  limits: Schema.optionalKey(Limits),
  timeouts: Schema.optionalKey(Timeouts),
  models: Schema.optionalKey(Schema.Record(Schema.String, Model)),
  quirks: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Union([Schema.Boolean, Schema.Finite, Schema.String]))
  ),
  /** `false` switches it off; routes keep naming it. */
  enabled: Schema.optionalKey(Scalar.boolean)
}).annotate({ description: "A provider: protocol, endpoint and keys" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Providers = Schema.Record(Schema.String, Provider)
