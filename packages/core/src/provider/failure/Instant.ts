/**
 * Instants as headers write them: the three forms of RFC 9110 (section 5.6.7) and ISO 8601. A service never means the time zone of the
 * machine that reads it, so what names no zone is GMT, as the RFC's third form (`Sat Aug  1 12:00:30 2026`) always is.
 */

/** Epoch milliseconds; `undefined` for what is no instant. @stability experimental @category constructors @since 0.1.0 */
export const parse = (text: string): number | undefined => {
  const value = text.trim()
  const at = Date.parse(unzoned.test(value) ? `${value}${iso.test(value) ? "Z" : " GMT"}` : value)
  return Number.isNaN(at) ? undefined : at
}

/** Ends with a year or a time of day, and with no offset. */
const unzoned = /\d$(?<![+-]\d\d:?\d\d)/

const iso = /^\d{4}-\d\d-\d\dt/i
