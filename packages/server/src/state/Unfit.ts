/**
 * What a server says that is no Redis for us, in words of its own: it is there, and coming back to it again and again does not help.
 */

const rows: ReadonlyArray<readonly [says: RegExp, why: string]> = [
  [
    /^(?:MOVED|ASK|CROSSSLOT|CLUSTERDOWN|TRYAGAIN)\b/,
    "it is a node of a Redis Cluster, and state.url needs one server that has all keys"
  ],
  [
    /^ERR unknown command/,
    "it is a Sentinel, or older than Redis 5, and state.url needs the address of the master itself, or of what leads to it"
  ]
]

/** What it said, with what it is where that is known. @stability experimental @category getters @since 0.1.0 */
export const told = (message: string): string => {
  const why = rows.find(([says]) => says.test(message))?.[1]
  return why === undefined ? message : `${message}: ${why}`
}
