/**
 * What a provider's name fills in, and what its family does.
 *
 * A family lends its ways: wire format, how a key is shown, switches, error wording. Address and key variables come from the provider's own name
 * alone. The danger otherwise: a key goes to another host than the one that it was made for. A protocol that one known provider gave its name lends
 * its switches to whoever speaks it, since few have one resource at Azure alone.
 */
import type { ProtocolId } from "../domain/Dialect.ts"
import type { Scheme } from "../provider/Auth.ts"
import * as profiles from "../provider/profiles.ts"

/** What is used where nothing else is said. @stability experimental @category models @since 0.1.0 */
export interface Known {
  readonly protocol: ProtocolId
  /** Empty where the name is not known, or speaks another protocol. */
  readonly url: string
  /** Environment variables that hold a key; none where the name is not known. */
  readonly keys: ReadonlyArray<string>
  readonly auth: Scheme
  readonly quirks: Readonly<Record<string, boolean | string | number>>
  readonly family: string
}

/**
 * For a provider of this id, with the protocol and the known provider as family that were said. `undefined` where that leaves the protocol open.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const of = (
  id: string,
  said: { readonly protocol?: ProtocolId | undefined; readonly family?: string | undefined }
): Known | undefined => {
  const name = profiles.find(id)
  const family = said.family === undefined ? undefined : profiles.find(said.family)
  const protocol = said.protocol ?? name?.protocol ?? family?.protocol
  if (protocol === undefined) return undefined
  const [own, lent, usual] = [name, family, profiles.find(protocol)].map((row) =>
    row?.protocol === protocol ? row : undefined
  )
  return {
    protocol,
    url: own?.url ?? "",
    keys: own?.keys ?? [],
    auth: (own ?? lent)?.auth ?? profiles.authOf(protocol),
    quirks: (lent ?? own ?? usual)?.quirks ?? {},
    family: (family ?? name)?.name ?? protocol
  }
}
