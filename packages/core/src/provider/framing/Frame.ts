/**
 * What every splitter gives: frames that keep their bytes.
 */

/**
 * One event, or a comment between events. `raw` over all frames is the input, byte for byte.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export interface Frame {
  readonly kind: "event" | "comment"
  readonly event: string | undefined
  readonly data: string
  readonly raw: Buffer
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

/** The frame of an event that is too large. @stability experimental @category constructors @since 0.1.0 */
export const tooLarge = (raw: Buffer): Frame => ({ kind: "event", event: "orelse:too-large", data: "", raw })
