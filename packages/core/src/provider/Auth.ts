/**
 * How a provider is shown a credential: a header, a query, a signature, or nothing.
 *
 * Schemes are values; a scheme with a secret gives a function over the request. Fixed headers are built once, not per call. Secrets
 * are unwrapped here and nowhere else.
 */
import { Sha256 } from "@aws-crypto/sha256-js"
import { SignatureV4 } from "@smithy/signature-v4"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Unauthenticated } from "../domain/Reason.ts"

/** How a credential is shown. @stability experimental @category models @since 0.1.0 */
export type Scheme =
  | { readonly type: "none" }
  /** `authorization: Bearer SECRET`. */
  | { readonly type: "bearer" }
  | { readonly type: "header"; readonly name: string }
  | { readonly type: "query"; readonly name: string }
  /** AWS Signature Version 4 over `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`; a secret without a colon is a Bedrock API key, shown as a bearer. */
  | { readonly type: "sigv4"; readonly service: string }

/** What auth adds to a request. @stability experimental @category models @since 0.1.0 */
export interface Added {
  readonly headers: Readonly<Record<string, string>>
  readonly query?: string | undefined
}

/** What a credential adds to one request; a signature may have to be waited for. @stability experimental @category models @since 0.1.0 */
export type Authorize = (request: {
  readonly origin: string
  readonly path: string
  readonly body: string
}) => Added | Effect.Effect<Added, Unauthenticated>

/** Of a credential without a secret. @stability experimental @category constants @since 0.1.0 */
export const nothing: Added = { headers: {} }

/**
 * A scheme with its secret; without a secret nothing is added.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (scheme: Scheme, secret: Redacted.Redacted<string> | undefined): Authorize => {
  if (secret === undefined) return () => nothing
  switch (scheme.type) {
    case "none":
      return () => nothing
    case "bearer":
      return always({ headers: { authorization: `Bearer ${Redacted.value(secret)}` } })
    case "header":
      return always({ headers: { [scheme.name]: Redacted.value(secret) } })
    case "query":
      return always({ headers: {}, query: `${scheme.name}=${encodeURIComponent(Redacted.value(secret))}` })
    case "sigv4":
      return Redacted.value(secret).includes(":") ? sigv4(scheme.service, secret) : make({ type: "bearer" }, secret)
  }
}

const always =
  (added: Added): Authorize =>
  () =>
    added

const sigv4 = (service: string, secret: Redacted.Redacted<string>): Authorize => {
  const [accessKeyId = "", secretAccessKey = "", ...session] = Redacted.value(secret).split(":")
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(session.length === 0 ? {} : { sessionToken: session.join(":") })
  }
  return ({ body, origin, path }) => {
    const { host, hostname, protocol } = new URL(origin)
    const signer = new SignatureV4({
      service,
      region: regionOf(hostname),
      credentials,
      sha256: Sha256,
      applyChecksum: true
    })
    const [pathname = "/", query] = path.split("?")
    return Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.tryPromise({
        try: () =>
          signer.sign(
            {
              method: "POST",
              protocol,
              hostname,
              path: pathname,
              query: Object.fromEntries(new URLSearchParams(query ?? "")),
              headers: { host, "content-type": "application/json" },
              body
            },
            { signingDate: dateOf(now) }
          ),
        catch: () =>
          new Unauthenticated({
            message:
              "the request could not be signed; the credential must be ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]"
          })
      }).pipe(Effect.map((signed) => ({ headers: signed.headers })))
    )
  }
}

/** `bedrock-runtime.eu-west-1.amazonaws.com` → `eu-west-1`. */
const regionOf = (hostname: string): string => /\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(hostname)?.[1] ?? "us-east-1"

/** As the signer wants it. */
const dateOf = (epochMs: number): Date => new Date(epochMs)
