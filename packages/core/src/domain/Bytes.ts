/**
 * Several chunks of bytes as one, without a new buffer each time: large buffers live outside the heap and make the collector run early.
 */

/** Larger sums get a buffer of their own. */
const scratch = Buffer.allocUnsafeSlow(1024 * 1024)

/**
 * The chunks one after the other; `size` is their sum in bytes. Good until the next call: read or copy it at once.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const joined = (chunks: ReadonlyArray<Buffer>, size: number): Buffer => {
  if (chunks.length === 1) return chunks[0]!
  if (size > scratch.length) return Buffer.concat(chunks, size)
  let at = 0
  for (const chunk of chunks) {
    scratch.set(chunk, at)
    at += chunk.length
  }
  return scratch.subarray(0, size)
}
