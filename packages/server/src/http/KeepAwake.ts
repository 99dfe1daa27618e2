/**
 * Comments that keep proxies from closing a stream that waits for its provider: one timer for all open streams.
 *
 * This is about the caller's socket, not about a policy, so it runs on the process's own timer and not on Effect's Clock.
 */

import * as Duration from "effect/Duration"

/** A stream that wants to be kept awake. `wroteAt` is in ticks of this module. */
export interface Awake {
  readonly wroteAt: number
  readonly write: (bytes: string) => boolean
}

/** Between looks, in milliseconds: a comment is late by this at most. */
const tickMs = 500

interface Watched {
  readonly comment: string
  /** Ticks of silence after which a comment is due. */
  readonly silentTicks: number
}

const streams = new Map<Awake, Watched>()
let now = 0
let timer: NodeJS.Timeout | undefined

/** The tick of now. */
export const tick = (): number => now

/** Watches a stream until the returned function is called; it gets the comment after so much silence (`server.keepAlive`). */
export const watch = (stream: Awake, comment: string, silence: Duration.Duration): (() => void) => {
  streams.set(stream, { comment, silentTicks: Math.max(1, Math.round(Duration.toMillis(silence) / tickMs)) })
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
  for (const [stream, { comment, silentTicks }] of streams)
    if (now - stream.wroteAt >= silentTicks && comment !== "") stream.write(comment)
}
