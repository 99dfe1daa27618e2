/**
 * Which forward proxy a URL is reached through: what is written beside it, else what the environment says to every program.
 *
 * The environment's is `HTTPS_PROXY` for https and `HTTP_PROXY` for http, in small letters first, but for what `NO_PROXY` leaves out and for
 * this machine, which no proxy reaches. One that cannot be read switches off what it is for: a request never goes another way than it should.
 */
import * as Result from "effect/Result"
import * as Proxy from "../../provider/Proxy.ts"
import * as Environments from "./Environment.ts"
import type { Environment } from "./Environment.ts"
import * as NoProxy from "./NoProxy.ts"
import type { Path } from "./Problem.ts"
import { renderPath } from "./Problem.ts"
import { unsetAt, type Reader } from "./Reader.ts"

/** What was found: a proxy, or why there is none that could be used; neither where none is taken. @stability experimental @category models @since 0.1.0 */
export interface Found {
  readonly proxy?: Proxy.Proxy
  readonly disabled?: string
}

/** What is written for none. @stability experimental @category constants @since 0.1.0 */
export const none = "none"

/** The variables that are read. @stability experimental @category constants @since 0.1.0 */
export const variables = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"] as const

/**
 * What the environment says of this URL.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const fromVariables = (env: Environment, address: string): Found => {
  const url = URL.parse(address)
  const scheme = url === null ? undefined : /^(https?):$/.exec(url.protocol)?.[1]
  if (url === null || scheme === undefined || NoProxy.isLoopback(url)) return {}
  const name = first(env, `${scheme}_proxy`)
  const except = first(env, "no_proxy")
  if (name === undefined) return {}
  if (except !== undefined && NoProxy.covers(Environments.valueOf(env, except) ?? "", url)) return {}
  return Result.match(Proxy.make(Environments.valueOf(env, name) ?? "", name), {
    onSuccess: (proxy): Found => ({ proxy }),
    onFailure: ({ expected, found }) => ({ disabled: `${name} holds ${found}; expected ${expected}` })
  })
}

/** The variable that holds something, in small letters or else in capitals. */
const first = (env: Environment, name: string): string | undefined =>
  [name, name.toUpperCase()].find((one) => Environments.valueOf(env, one) !== undefined)

/**
 * Says of a proxy for everything that it is for nothing here: whoever set it takes it for granted.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const noteUnread = (reader: Pick<Reader, "env" | "note">): void => {
  const name = first(reader.env, "all_proxy")
  if (name === undefined || first(reader.env, "https_proxy") !== undefined) return
  reader.note(
    [name],
    "it is not read, and SOCKS is not spoken; for a proxy over HTTP set HTTPS_PROXY, or a provider's proxy"
  )
}

/**
 * What the file says beside this URL, else the environment.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const read = (reader: Reader, path: Path, written: string | undefined, address: string): Found => {
  if (written === undefined) return fromVariables(reader.env, address)
  if (unsetAt(reader, path) !== undefined || written.trim() === none) return {}
  return Result.match(Proxy.make(written, renderPath(path)), {
    onSuccess: (proxy): Found => ({ proxy }),
    onFailure: ({ expected, found }) => {
      reader.report({ path, at: "value", found, expected: `${none}, or ${expected}` })
      return {}
    }
  })
}
