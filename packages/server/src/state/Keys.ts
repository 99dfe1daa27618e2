/**
 * The names of everything that Orelse keeps in Redis. What belongs together carries one hash tag, for clusters.
 */

const prefix = "orelse"

/** Names hold what users wrote; a brace would end the hash tag. */
const tag = (name: string): string => `{${name.replaceAll("{", "(").replaceAll("}", ")")}}`

/** Requests in the window that is open. @stability experimental @category getters @since 0.1.0 */
export const requests = (limit: string): string => `${prefix}:limit:${tag(limit)}:requests`

/** Tokens in the window that is open. @stability experimental @category getters @since 0.1.0 */
export const tokens = (limit: string): string => `${prefix}:limit:${tag(limit)}:tokens`

/** Calls under way, with the end of their leases. @stability experimental @category getters @since 0.1.0 */
export const places = (limit: string): string => `${prefix}:limit:${tag(limit)}:places`

/** What happened to targets and credentials, in order. @stability experimental @category constants @since 0.1.0 */
export const health = `${prefix}:health`

/** Who probes. @stability experimental @category getters @since 0.1.0 */
export const probe = (id: string): string => `${prefix}:probe:${tag(id)}`

/** What a caller spent in a period, and what is set aside. @stability experimental @category getters @since 0.1.0 */
export const budget = (caller: string, period: string): ReadonlyArray<string> =>
  ["account", "leases", "amounts"].map((part) => `${prefix}:budget:${tag(caller)}:${period}:${part}`)
