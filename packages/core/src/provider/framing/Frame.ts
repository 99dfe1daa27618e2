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
  /** The chunk, and where in it this frame stands: no buffer is made per frame. */
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** Cuts one stream; has state. Neither method throws. @stability experimental @category models @since 0.1.0 */
export interface Splitter {
  /** The frames that these bytes complete. */
  readonly push: (chunk: Buffer) => ReadonlyArray<Frame>
  /** What is left when the connection ended cleanly. */
  readonly end: () => ReadonlyArray<Frame>
}

/** The most bytes of one event; a longer one becomes a frame that no protocol accepts. @stability experimental @category constants @since 0.1.0 */
export const maxEventBytes = 10 * 1024 * 1024

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (
  kind: Frame["kind"],
  event: string | undefined,
  data: string,
  bytes: Buffer,
  start: number,
  end: number
): Frame => ({ kind, event, data, bytes, start, end })

/** A frame that is the whole of some bytes. @stability experimental @category constructors @since 0.1.0 */
export const whole = (kind: Frame["kind"], event: string | undefined, data: string, bytes: Buffer): Frame =>
  make(kind, event, data, bytes, 0, bytes.length)

/** The frame of an event that is too large. @stability experimental @category constructors @since 0.1.0 */
export const tooLarge = (bytes: Buffer): Frame => whole("event", "orelse:too-large", "", bytes)

/** The bytes of a frame. @stability experimental @category getters @since 0.1.0 */
export const raw = (frame: Frame): Buffer => frame.bytes.subarray(frame.start, frame.end)
