/**
 * Comments that keep proxies from closing a stream that waits for its provider: one timer for all open streams.
 *
 * This is about the caller's socket, not about a policy, so it runs on the process's own timer and not on Effect's Clock.
 */

/** A stream that wants to be kept awake. `wroteAt` is in ticks of this module. */
export interface Awake {
  readonly wroteAt: number
  readonly write: (bytes: string) => boolean
}

/** Ticks between looks; a stream gets a comment after 15 s of silence. */
const tickMs = 5000
const silentTicks = 3

const streams = new Map<Awake, string>()
let now = 0
let timer: NodeJS.Timeout | undefined

/** The tick of now. */
export const tick = (): number => now

/** Watches a stream until the returned function is called. */
export const watch = (stream: Awake, comment: string): (() => void) => {
  streams.set(stream, comment)
  timer ??= setInterval(look, tickMs).unref()
  return () => {
    streams.delete(stream)
    if (streams.size > 0 || timer === undefined) return
    clearInterval(timer)
    timer = undefined
  }
}

const look = (): void => {
  now += 1
  for (const [stream, comment] of streams)
    if (now - stream.wroteAt >= silentTicks && comment !== "") stream.write(comment)
}
