/**
 * What header fields are made of (RFC 9110, 5.5 and 5.6.2), and which of a request are not anybody's to set.
 */

/** A name, as part of a pattern. @stability experimental @category constants @since 0.1.0 */
export const name = "[\\w!#$%&'*+.^`|~-]+"

/** What a value holds, as part of a pattern: of its bytes, one a character. @stability experimental @category constants @since 0.1.0 */
export const text = "[\\t\\x20-\\x7e\\x80-\\xff]*"

const wholeName = new RegExp(`^${name}$`)

const wholeText = new RegExp(`^${text}$`)

/** @stability experimental @category guards @since 0.1.0 */
export const isName = (of: string): boolean => wholeName.test(of)

/** Whether it can be a value. @stability experimental @category guards @since 0.1.0 */
export const isText = (of: string): boolean => wholeText.test(of)

/** They say where a request ends and how its connection goes on: the exchange itself writes them, or leaves them out. @stability experimental @category constants @since 0.1.0 */
export const written: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "upgrade"
])
