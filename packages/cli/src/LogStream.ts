/**
 * The log's way out of the process. Whoever reads it may stop without hanging up (a shipper of logs whose disk is full): then what waits for
 * it is bounded, later lines are lost, and the first that is taken again says how many.
 */

/** Bytes that may wait. */
const most = 16 * 1024 * 1024

/** The part of a stream that is used here. */
export interface Stream {
  readonly writableLength: number
  readonly write: (text: string) => unknown
}

/** What writes whole lines, each with its line feed. */
export const make = (stream: Stream, now: () => Date): ((text: string) => void) => {
  let lost = 0
  return (text) => {
    if (stream.writableLength > most) {
      lost += text.split("\n").length - 1
      return
    }
    if (lost > 0) stream.write(told(lost, now()))
    lost = 0
    stream.write(text)
  }
}

const told = (lost: number, now: Date): string =>
  `${JSON.stringify({ time: now.toISOString(), level: "warn", message: "Lines of log are lost, for nobody took them", detail: lost })}\n`
