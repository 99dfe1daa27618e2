/**
 * Control characters, such as line ends and the escapes of terminals. No name holds them: it goes into headers, rows and logs, and onto the
 * screens of operators.
 */

/** Whether the text has one (Unicode's category Cc). @stability experimental @category getters @since 0.1.0 */
export const isIn = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
  }
  return false
}
