/**
 * What this process or its machine has run out of, where a connection could not be opened: a limit of our own, by which nobody was asked and
 * no provider is to blame.
 */
import type { Attempt } from "../domain/Attempt.ts"
import { LimitReached } from "../domain/Reason.ts"

/** By the code of Node's error: what is used up, and the next step. */
const words: Readonly<Record<string, string>> = {
  EMFILE: "this process has no file descriptor left for a connection; raise its limit (ulimit -n, LimitNOFILE)",
  ENFILE: "this machine has no file descriptor left for a connection; raise its limit (sysctl fs.file-max)",
  EADDRNOTAVAIL:
    "this machine has no local port left for a connection there; widen the range (sysctl net.ipv4.ip_local_port_range)"
}

/**
 * The reason, where that is why a connection could not be opened.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const reason = (error: NodeJS.ErrnoException & { readonly address?: unknown }): LimitReached | undefined => {
  const { address, code } = error
  const what = code === undefined ? undefined : words[code]
  if (code === undefined || what === undefined) return undefined
  // IPv6 gives it for each address where the machine has none of its own.
  if (code === "EADDRNOTAVAIL" && !(typeof address === "string" && !address.includes(":"))) return undefined
  return new LimitReached({
    message: `${what}; nothing was sent (${code})`,
    limited: "concurrency",
    providerCode: code
  })
}

/** What an attempt that failed so tells; `undefined` for any other. @stability experimental @category getters @since 0.1.0 */
export const told = ({ message, providerCode, reason }: Attempt): string | undefined =>
  reason === "LimitReached" && providerCode !== undefined && providerCode in words ? message : undefined
