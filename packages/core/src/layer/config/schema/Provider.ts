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
  requests: Scalar.key("Requests in a time, such as 500/min", Scalar.rate),
  tokens: Scalar.key("Tokens in a time, such as 200000/min", Scalar.rate),
  concurrency: Scalar.key("Calls at the same time", Scalar.count(1))
})

/** @stability experimental @category schemas @since 0.1.0 */
export const Timeouts = Schema.Struct({
  connect: Scalar.key("To open a connection", Scalar.positiveDuration),
  firstContent: Scalar.key("Until the first content", Scalar.positiveDuration),
  idle: Scalar.key("Between two pieces of a stream", Scalar.positiveDuration),
  total: Scalar.key("Of the whole attempt, to the end of its stream", Scalar.positiveDuration)
})

const price = Scalar.number({ expected: "a price of at least 0, in USD per 1e6 tokens", minimum: 0 })

/** @stability experimental @category schemas @since 0.1.0 */
export const Model = Schema.Struct({
  contextWindow: Scalar.key("Tokens of prompt and answer together", Scalar.count(1)),
  maxOutputTokens: Scalar.key("Tokens of an answer at most", Scalar.count(1)),
  inputPrice: Scalar.key("USD per 1e6 input tokens", price),
  outputPrice: Scalar.key("USD per 1e6 output tokens", price),
  cachedPrice: Scalar.key("USD per 1e6 input tokens read from the cache", price),
  cacheWritePrice: Scalar.key("USD per 1e6 input tokens written to the cache", price),
  tools: Scalar.key("false where the model cannot take tools", Scalar.boolean)
})

/** How a key is shown; the protocol's own way where absent. @stability experimental @category schemas @since 0.1.0 */
export const Auth = Schema.Union([
  Schema.Literals(["none", "bearer", "sigv4"]),
  Schema.Struct({ header: Scalar.text }),
  Schema.Struct({ query: Scalar.text })
]).annotate({ expected: "none, bearer, sigv4, { header: NAME } or { query: NAME }" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Provider = Schema.Struct({
  protocol: Scalar.key("Wire format; a known name has its own", Scalar.oneOf(protocolIds)),
  url: Scalar.key("What the provider's own SDK takes as its base URL", Scalar.text),
  family: Scalar.key("The known provider whose ways it follows; its own name by default", Scalar.text),
  keys: Scalar.key("Keys, taken in turn; absent: the known provider's variable; []: none is sent", Schema.Array(Key)),
  auth: Scalar.key("How a key is shown, where not in the protocol's own way", Auth),
  headers: Scalar.key("Headers to send with every request", Schema.Record(Schema.String, Schema.String)),
  proxy: Scalar.key(
    "URL of the forward proxy to reach it through, or none; absent: what the environment says",
    Scalar.text.annotate({ expected: "the URL of a proxy, or none" })
  ),
  limits: Scalar.key("Of each key", Limits),
  timeouts: Scalar.key("Instead of the policy's, for this provider", Timeouts),
  models: Scalar.key("What is declared of its models, by name", Schema.Record(Schema.String, Model)),
  quirks: Scalar.key(
    "Switches of the protocol",
    Schema.Record(Schema.String, Schema.Union([Schema.Boolean, Schema.Finite, Schema.String]))
  ),
  enabled: Scalar.key("false switches it off; routes keep naming it", Scalar.boolean)
}).annotate({ description: "A provider: protocol, endpoint and keys" })

/** @stability experimental @category schemas @since 0.1.0 */
export const Providers = Schema.Record(Schema.String, Provider)
