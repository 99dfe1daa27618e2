/**
 * The hash of a caller's key, as files hold it: `sha256:` and 64 hex digits. A file may have the key itself instead.
 */
import { hash } from "node:crypto"

/** @stability experimental @category constants @since 0.1.0 */
export const scheme = "sha256:"

/** The hash of a key. @stability experimental @category constructors @since 0.1.0 */
export const make = (key: string): string => `${scheme}${hash("sha256", key, "hex")}`

/** Whether a text is a hash as it is written. @stability experimental @category guards @since 0.1.0 */
export const is = (text: string): boolean => /^sha256:[0-9a-f]{64}$/i.test(text)

/** The one hash that a text stands for: a hash as it is written, else the hash of the text. @stability experimental @category conversions @since 0.1.0 */
export const of = (text: string): string => (is(text) ? text.toLowerCase() : make(text))
