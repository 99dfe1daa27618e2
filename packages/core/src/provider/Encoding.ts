/**
 * Bodies that come compressed, although every request asks for none that is (RFC 9110, 12.5.3: who says nothing takes them all).
 *
 * An answer in an encoding is refused at its head, by name: nothing of it was asked for, and what ignores that is mended where it stands.
 * An error is read all the same, for it says what else is wrong.
 */
import { brotliDecompressSync, constants, gunzipSync, inflateSync } from "node:zlib"
import * as HttpExchange from "./HttpExchange.ts"

/** What a request says, so that bodies come as they are. @stability experimental @category constants @since 0.1.0 */
export const none = "identity"

/** The encoding of a body; `undefined` where it is as it is. @stability experimental @category getters @since 0.1.0 */
export const of = (headers: HttpExchange.Headers): string | undefined => {
  const named = HttpExchange.first(headers["content-encoding"])
  if (named === undefined) return undefined
  const encoding = named.trim().toLowerCase()
  return encoding === "" || encoding === none ? undefined : encoding
}

/** Of what was cut off, too, as much as there is. */
const cut = { finishFlush: constants.Z_SYNC_FLUSH }
const cutBrotli = { finishFlush: constants.BROTLI_OPERATION_FLUSH }

type Decoder = (bytes: Buffer, limit: { readonly maxOutputLength: number }) => Buffer

const gunzip: Decoder = (bytes, limit) => gunzipSync(bytes, { ...cut, ...limit })

const decoders: ReadonlyMap<string, Decoder> = new Map([
  ["gzip", gunzip],
  ["x-gzip", gunzip],
  ["deflate", (bytes, limit) => inflateSync(bytes, { ...cut, ...limit })],
  ["br", (bytes, limit) => brotliDecompressSync(bytes, { ...cutBrotli, ...limit })]
])

/**
 * The text of a body, or its beginning where it is longer than so many bytes or was cut off; empty where nothing can be made of it.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const text = (bytes: Buffer, encoding: string, most: number): string => {
  const decode = decoders.get(encoding)
  if (decode === undefined) return ""
  try {
    return longest(bytes, (some) => decode(some, { maxOutputLength: most })).toString()
  } catch {
    return ""
  }
}

const nothing: Buffer = Buffer.alloc(0)

/** Of the most of the bytes that do not become too long: nothing else is ever held, however small it was made. */
const longest = (bytes: Buffer, decode: (some: Buffer) => Buffer): Buffer => {
  const whole = unlessTooLong(() => decode(bytes))
  if (whole !== undefined) return whole
  let fits = { length: 0, decoded: nothing }
  let tooMany = bytes.length
  while (tooMany - fits.length > 1) {
    const length = (fits.length + tooMany) >> 1
    const decoded = unlessTooLong(() => decode(bytes.subarray(0, length)))
    if (decoded === undefined) tooMany = length
    else fits = { length, decoded }
  }
  return fits.decoded
}

const unlessTooLong = (decode: () => Buffer): Buffer | undefined => {
  try {
    return decode()
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") return undefined
    throw error
  }
}
