/**
 * Bodies that come compressed, although every request asks for none that is (RFC 9110, 12.5.3: who says nothing takes them all).
 *
 * An answer in an encoding is refused at its head, by name: nothing of it was asked for, and what ignores that is mended where it stands.
 * An error is read all the same, for it says what else is wrong.
 */
import { brotliDecompressSync, gunzipSync, inflateSync, type ZlibOptions } from "node:zlib"
import * as HttpExchange from "./HttpExchange.ts"

/** What a request says, so that bodies come as they are. @stability experimental @category constants @since 0.1.0 */
export const none = "identity"

/** The encoding of a body; `undefined` where it is as it is. @stability experimental @category getters @since 0.1.0 */
export const of = (headers: HttpExchange.Headers): string | undefined => {
  const named = HttpExchange.header(headers, "content-encoding")
  if (named === undefined) return undefined
  const encoding = named.trim().toLowerCase()
  return encoding === "" || encoding === none ? undefined : encoding
}

const decoders: ReadonlyMap<string, (bytes: Buffer, options: ZlibOptions) => Buffer> = new Map([
  ["gzip", gunzipSync],
  ["x-gzip", gunzipSync],
  ["deflate", inflateSync],
  ["br", brotliDecompressSync]
])

/**
 * The text of a body; empty where nothing can be made of it, or more than so many bytes.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const text = (bytes: Buffer, encoding: string, most: number): string => {
  try {
    return decoders.get(encoding)?.(bytes, { maxOutputLength: most }).toString() ?? ""
  } catch {
    return ""
  }
}
