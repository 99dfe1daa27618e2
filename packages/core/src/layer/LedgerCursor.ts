/**
 * Where a page of the ledger ends, as text: the last call of it, by when it began. Pages go from new to old by `(startedAt, id)`, in every
 * store, so that one goes on rightly where calls have come, ended or been forgotten since.
 */

/** The last row of a page. @stability experimental @category models @since 0.1.0 */
export interface Cursor {
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly id: string
}

/** @stability experimental @category conversions @since 0.1.0 */
export const write = ({ id, startedAt }: Cursor): string => `${Math.trunc(startedAt)}.${id}`

/** `undefined` for what is no cursor. @stability experimental @category conversions @since 0.1.0 */
export const read = (text: string): Cursor | undefined => {
  const dot = text.indexOf(".")
  const startedAt = Number(text.slice(0, dot))
  return dot > 0 && Number.isSafeInteger(startedAt) ? { startedAt, id: text.slice(dot + 1) } : undefined
}

/** What is said of a text that is no cursor. @stability experimental @category getters @since 0.1.0 */
export const refused = (text: string): string => `"${text}" is no cursor; pass the "next" of the page before, or none`
