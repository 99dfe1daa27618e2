/**
 * What every splitter gives: frames that keep their bytes, as a place in the chunk they came in.
 */

/**
 * One event, or a comment between events. The places of all frames one after the other are the input, byte for byte.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export interface Frame {
  readonly kind: "event" | "comment"
  readonly event: string | undefined
  readonly data: string
  /** What it came in, and where in it this frame stands: nothing is copied per frame. A text is ASCII, a character a byte. */
  readonly source: Buffer | string
  readonly start: number
  readonly end: number
}

/** Cuts one stream; has state. Neither method throws. @stability experimental @category models @since 0.1.0 */
export interface Splitter {
  /** The frames that these bytes complete. The chunk may be overwritten afterwards: what is kept of it is copied. */
  readonly push: (chunk: Buffer) => ReadonlyArray<Frame>
  /** What is left when the connection ended cleanly. */
  readonly end: () => ReadonlyArray<Frame>
  /** Whether bare JSON came where events were announced. */
  readonly isJson?: () => boolean
}

/** The most bytes of one event; a longer one becomes a frame that no protocol accepts. @stability experimental @category constants @since 0.1.0 */
export const maxEventBytes = 10 * 1024 * 1024

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (
  kind: Frame["kind"],
  event: string | undefined,
  data: string,
  source: Buffer | string,
  start: number,
  end: number
): Frame => ({ kind, event, data, source, start, end })

/** A frame that is the whole of some bytes. @stability experimental @category constructors @since 0.1.0 */
export const whole = (kind: Frame["kind"], event: string | undefined, data: string, bytes: Buffer): Frame =>
  make(kind, event, data, bytes, 0, bytes.length)

/** The frame of an event that is too large. @stability experimental @category constructors @since 0.1.0 */
export const tooLarge = (bytes: Buffer): Frame => whole("event", "orelse:too-large", "", bytes)

/** A place in what came: of one frame, or of several that stand side by side. @stability experimental @category models @since 0.1.0 */
export type Place = Pick<Frame, "source" | "start" | "end">

/** What stands at a place: text where it is ASCII. @stability experimental @category getters @since 0.1.0 */
export const at = ({ end, source, start }: Place): Buffer | string =>
  typeof source === "string" ? source.slice(start, end) : source.subarray(start, end)

/** The bytes at a place. @stability experimental @category getters @since 0.1.0 */
export const raw = (place: Place): Buffer => {
  const found = at(place)
  return typeof found === "string" ? Buffer.from(found, "latin1") : found
}
