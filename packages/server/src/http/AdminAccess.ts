/**
 * Who may use the admin endpoints: whoever holds the admin key (`server.adminKey`) and, where none is set, whoever is on this machine.
 *
 * A proxy in front makes every caller look like loopback; a request that a proxy forwarded therefore needs the key, as far as it shows: by a
 * header that proxies add, or by HTTP/1.0, which nginx speaks where nothing else is set, and then adds no header. So does what a page of
 * another site makes the browser on this machine send: it says its origin, or, where the site has its name resolved to this machine, a
 * host that is not this machine's. Keys are compared in constant time.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import * as Redacted from "effect/Redacted"

/** Why a request is refused; `undefined` where it is not. */
export const refusal = (
  request: IncomingMessage,
  adminKey: Redacted.Redacted<string> | undefined
): { readonly status: 401 | 403; readonly message: string } | undefined => {
  const given = keyOf(request)
  if (given !== undefined && adminKey !== undefined && sameText(given, Redacted.value(adminKey))) return undefined
  if (adminKey === undefined && isLocal(request)) return undefined
  if (adminKey === undefined)
    return { status: 403, message: "admin endpoints answer only on this machine; set server.adminKey to open them" }
  return given === undefined
    ? { status: 401, message: "admin endpoints need the admin key: authorization: Bearer KEY" }
    : { status: 403, message: "this is not the admin key" }
}

/** Equal texts, in a time that does not depend on where they differ. */
export const sameText = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

const keyOf = (request: IncomingMessage): string | undefined =>
  /^bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? "")?.[1]

const isLocal = (request: IncomingMessage): boolean => {
  const address = request.socket.remoteAddress ?? ""
  const loopback = address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.")
  const { host = "", origin } = request.headers
  if (!loopback || isForwarded(request)) return false
  if (!/^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i.test(host)) return false
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`
}

const isForwarded = ({ headers, httpVersion }: IncomingMessage): boolean =>
  httpVersion === "1.0" || Object.keys(headers).some((name) => name.startsWith("x-forwarded-") || proxied.has(name))

/** Headers by which proxies say for whom they ask, or that they do. */
const proxied: ReadonlySet<string> = new Set([
  "cf-connecting-ip",
  "forwarded",
  "true-client-ip",
  "via",
  "x-client-ip",
  "x-original-forwarded-for",
  "x-real-ip"
])
