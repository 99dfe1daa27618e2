/**
 * The fields of JSON that was cut, or printed by another language: whatever looks like `"key": "value"` or `'key': 123`, at any depth.
 *
 * Read character by character from each colon: such a text is often long, and a regular expression would take most of the time
 * that an answer is given.
 */

/** The most fields that are read of one text. */
const maxFields = 30

/** The most characters of a value, and the least and most of a key. */
const longestValue = 200
const shortestKey = 2
const longestKey = 20

/** Each field with its value, a string as it is written or a number of at most six digits. @stability experimental @category getters @since 0.1.0 */
export const fields = (text: string, found: (key: string, value: string | number) => void): void => {
  let from = 0
  let colon = text.indexOf(":")
  for (let count = 0; colon >= 0 && count < maxFields; colon = text.indexOf(":", Math.max(colon + 1, from))) {
    const key = keyBefore(text, colon, from)
    if (key === undefined) continue
    const start = colon + 1 + blanksAfter(text, colon + 1)
    const isString = isQuote(text.charCodeAt(start))
    const end = isString ? endOfString(text, start + 1) : endOfNumber(text, start)
    if (end < 0) continue
    found(key, isString ? text.slice(start + 1, end) : Number(text.slice(start, end)))
    from = isString ? end + 1 : end
    count++
  }
}

/** The key that ends before this colon, between marks that no value has used up. */
const keyBefore = (text: string, colon: number, from: number): string | undefined => {
  let end = colon - 1
  while (colon - end <= 3 && isBlank(text, end)) end--
  if (end <= from || !isQuote(text.charCodeAt(end))) return undefined
  let start = end
  while (start > from && end - start <= longestKey && isInKeys(text.charCodeAt(start - 1))) start--
  const length = end - start
  const isKey = length >= shortestKey && length <= longestKey && start > from && isQuote(text.charCodeAt(start - 1))
  return isKey ? text.slice(start, end) : undefined
}

/** Where a string ends, on either kind of mark; -1 where it is longer, empty, or goes on in the next line. */
const endOfString = (text: string, start: number): number => {
  let at = start
  for (let characters = 0; characters <= longestValue; characters++) {
    const code = text.charCodeAt(at)
    if (isQuote(code)) return characters === 0 ? -1 : at
    if (Number.isNaN(code) || code === 0x0a) return -1
    if (code === 0x5c && endsLine(text.charCodeAt(at + 1))) return -1
    at += code === 0x5c ? 2 : 1
  }
  return -1
}

const endOfNumber = (text: string, start: number): number => {
  let at = start
  while (at < start + 6 && isDigit(text.charCodeAt(at))) at++
  return at === start ? -1 : at
}

/** How many blanks stand here; of more than three, three. */
const blanksAfter = (text: string, start: number): number => {
  let count = 0
  while (count < 3 && isBlank(text, start + count)) count++
  return count
}

const isBlank = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0xa0 && /\s/.test(text.charAt(at)))
}

/** No escape goes over the end of a line, or of the text. */
const endsLine = (code: number): boolean =>
  Number.isNaN(code) || code === 0x0a || code === 0x0d || code === 0x2028 || code === 0x2029

const isQuote = (code: number): boolean => code === 0x22 || code === 0x27

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

const isInKeys = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
