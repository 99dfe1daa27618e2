/**
 * What `NO_PROXY` leaves out: a list of hosts, as curl, Go and Python read it.
 *
 * An entry is a name, which holds for its subdomains too (`corp.example`, `.corp.example`; `*.corp.example` for these alone), an address, a
 * block of addresses (`10.0.0.0/8`), each with a port or without, or `*`. Names are compared, never looked up.
 */
import { BlockList, isIP } from "node:net"

/**
 * Whether this list leaves the host of this URL out.
 *
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const covers = (list: string, url: URL): boolean => {
  const host = hostOf(url)
  const port = url.port === "" ? defaults[url.protocol] : url.port
  return list.split(/[\s,]+/).some((entry) => {
    const { name, only } = split(entry.toLowerCase())
    return (only === undefined || only === port) && isNamed(name, host)
  })
}

/** Whether the host of this URL is this machine. @stability experimental @category predicates @since 0.1.0 */
export const isLoopback = (url: URL): boolean => {
  const host = hostOf(url)
  return isNamed("localhost", host) || isNamed("127.0.0.0/8", host) || host === "::1"
}

const defaults: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" }

/** Without the brackets of an address and the dot that ends a full name. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$|\.$/, "$1")

/** Colons are also in addresses: there, only brackets tell what is a port. */
const split = (entry: string): { readonly name: string; readonly only: string | undefined } => {
  const parts = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry) ?? /^([^:]*):(\d+)$/.exec(entry)
  return parts === null ? { name: entry, only: undefined } : { name: parts[1] ?? "", only: parts[2] }
}

const isNamed = (name: string, host: string): boolean => {
  if (name === "*") return true
  if (name === "") return false
  if (isIP(host) !== 0) return isAddress(name, host)
  const suffix = name.replace(/^\*?\./, "").replace(/\.$/, "")
  return (host === suffix && !name.startsWith("*")) || (suffix !== "" && host.endsWith(`.${suffix}`))
}

const isAddress = (name: string, host: string): boolean => {
  const [address = "", prefix] = name.split("/")
  const family = familyOf(address)
  if (family === undefined) return false
  const longest = family === "ipv4" ? 32 : 128
  const length = prefix === undefined ? longest : Number(prefix)
  if (prefix === "" || !Number.isInteger(length) || length < 0 || length > longest) return false
  const block = new BlockList()
  block.addSubnet(address, length, family)
  return block.check(host, familyOf(host))
}

const familyOf = (address: string): "ipv4" | "ipv6" | undefined => {
  const version = isIP(address)
  return version === 0 ? undefined : version === 4 ? "ipv4" : "ipv6"
}
