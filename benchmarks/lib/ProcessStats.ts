/**
 * CPU time and memory of a process from /proc (Linux): user + system time of all its threads, of its children too, so that a gateway
 * with workers counts whole. Resolution is one clock tick (10 ms): measure for a second or more.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"

const microsPerTick = 10_000
const kibPerPage = 4

interface Stat {
  readonly parent: number
  readonly cpuMicros: number
  readonly rssKib: number
}

const stat = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number)
    const ticks = (fields[11] ?? 0) + (fields[12] ?? 0)
    return { parent: fields[1] ?? 0, cpuMicros: ticks * microsPerTick, rssKib: (fields[21] ?? 0) * kibPerPage }
  } catch {
    return undefined
  }
}

const pids = (): ReadonlyArray<number> => readdirSync("/proc").map(Number).filter(Number.isInteger)

/** The process and all its descendants. */
export const tree = (root: number): ReadonlyArray<number> => {
  const parents = pids().map((pid) => [pid, stat(pid)?.parent ?? -1] as const)
  const found = [root]
  for (const pid of found)
    for (const [child, parent] of parents) if (parent === pid && !found.includes(child)) found.push(child)
  return found
}

const sum = (root: number, read: (stat: Stat) => number): number =>
  tree(root).reduce((total, pid) => {
    const one = stat(pid)
    return one === undefined ? total : total + read(one)
  }, 0)

/** User + system time so far, in microseconds. */
export const cpuMicros = (root: number): number => sum(root, (one) => one.cpuMicros)

/** Resident memory, in KiB. */
export const rssKib = (root: number): number => sum(root, (one) => one.rssKib)

/** How many files and sockets a process may hold at most: Node takes all of the hard limit. */
export const mostOpen = (): number =>
  Number(
    /^Max open files +\S+ +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? Number.POSITIVE_INFINITY
  )

const inodeOf = (port: number): string | undefined => {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readFileSync(table, "utf8").split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/)
      if (fields[1]?.endsWith(hex) === true && fields[3] === "0A") return fields[9]
    }
  }
  return undefined
}

const holds = (pid: number, link: string): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === link)
  } catch {
    return false
  }
}

/** The process that listens on a port (for a peer that somebody else started). */
export const listenerOf = (port: number): number | undefined => {
  const inode = inodeOf(port)
  return inode === undefined ? undefined : pids().find((pid) => holds(pid, `socket:[${inode}]`))
}
