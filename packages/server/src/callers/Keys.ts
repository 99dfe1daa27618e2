/**
 * Keys of callers: how one is made, and what is kept of it.
 *
 * A key that is made here is 256 random bits, so its hash needs no salt and no slow function: nobody can guess its way back. What is kept
 * is SHA-256 and the first letters, by which people tell keys apart; the key itself is shown once.
 */
import * as KeyHash from "@orelse/core/layer/config/KeyHash"
import { hash, randomBytes } from "node:crypto"

/** A new key, and what may be kept of it. @stability experimental @category models @since 0.1.0 */
export interface Made {
  readonly id: string
  /** Shown once, never kept. */
  readonly key: string
  readonly hash: string
  /** The first letters of the key. */
  readonly begins: string
}

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (): Made => {
  const key = `orl_${randomBytes(32).toString("base64url")}`
  return { id: `key_${randomBytes(4).toString("hex")}`, key, hash: hashed(key), begins: key.slice(0, 8) }
}

/** `sha256:` and the hash in hex. @stability experimental @category conversions @since 0.1.0 */
export const hashed = KeyHash.make

/** The 32 bytes of a key's hash. @stability experimental @category conversions @since 0.1.0 */
export const digest = (key: string): Buffer => hash("sha256", key, "buffer")

/** The 32 bytes that a text stands for: a hash as it is written, else the hash of the text. @stability experimental @category conversions @since 0.1.0 */
export const digestOf = (text: string): Buffer => Buffer.from(KeyHash.of(text).slice(KeyHash.scheme.length), "hex")
