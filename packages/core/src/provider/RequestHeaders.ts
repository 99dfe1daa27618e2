/**
 * The headers of a request, names and values in turn.
 *
 * They follow from configuration, credential and protocol for nearly all requests, and are put together once for each of these. What crosses
 * over from a caller is its own every time.
 */
import * as Recent from "../domain/Recent.ts"
import * as Encoding from "./Encoding.ts"

/** Values by name. */
type Named = Readonly<Record<string, string>>

/** What the headers of one request are made of; a later one wins over an earlier one of the same name. */
export interface Parts {
  readonly stream: boolean
  /** Of the protocol. */
  readonly written: Named
  /** Of the caller; `undefined` where there are none. */
  readonly crossing: Named | undefined
  /** Of the credential. */
  readonly auth: Named
}

/** None; the same object for all who have none, so that it is known again. @stability experimental @category constants @since 0.1.0 */
export const none: Named = {}

/**
 * What makes the headers of a provider's requests.
 *
 * @param configured the provider's own, from the configuration
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const make = (configured: Named): ((parts: Parts) => Array<string>) => {
  /** By what a credential adds, and gone with it: a signature is another each time, a key the same as long as it is configured. */
  const usual = new WeakMap<Named, (parts: Parts) => Array<string>>()
  return (parts) => {
    if (parts.crossing !== undefined) return listed(parts, configured)
    let known = usual.get(parts.auth)
    if (known === undefined) usual.set(parts.auth, (known = Recent.make(isSame, (one) => listed(one, configured))))
    return known(parts)
  }
}

/** Of one credential, where nothing crosses over. */
const isSame = (one: Parts, other: Parts): boolean => one.stream === other.stream && one.written === other.written

const listed = ({ auth, crossing, stream, written }: Parts, configured: Named): Array<string> =>
  Object.entries({
    "content-type": "application/json",
    accept: stream ? "text/event-stream, application/json" : "application/json",
    "accept-encoding": Encoding.none,
    "user-agent": "orelse",
    ...written,
    ...crossing,
    ...configured,
    ...auth
  }).flat()
