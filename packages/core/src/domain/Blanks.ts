/** What JSON has between its parts (RFC 8259, section 2). */

/** Space, tab, line feed, carriage return. @stability experimental @category guards @since 0.1.0 */
export const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** The first place from here on where there is none. @stability experimental @category getters @since 0.1.0 */
export const pastBlanks = (text: string, from: number): number => {
  let at = from
  while (isBlank(text.charCodeAt(at))) at++
  return at
}
