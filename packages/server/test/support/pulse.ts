/**
 * How late a busy machine makes things: requests through a gateway, one after the other, while something else is measured.
 */
interface Beat {
  readonly from: number
  readonly to: number
}

export interface Pulse {
  /** The longest that one of them was late between two times (`performance.now()`), in milliseconds; a stall between two counts too. */
  readonly lag: (from: number, to: number) => number
  readonly stop: () => Promise<void>
}

const pauseMs = 10

/** Begins with requests that should take no time at all. */
export const start = (request: () => Promise<unknown>): Pulse => {
  const beats: Array<Beat> = []
  const over = { isSo: false }
  const beating = (async () => {
    let from = performance.now()
    while (!over.isSo) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      await request()
      const to = performance.now()
      beats.push({ from, to })
      from = to
    }
  })()
  return {
    lag: (from, to) =>
      Math.max(
        0,
        ...beats.filter((beat) => beat.to >= from && beat.from <= to).map((beat) => beat.to - beat.from - pauseMs)
      ),
    stop: () => {
      over.isSo = true
      return beating
    }
  }
}
