/**
 * Control characters, such as line ends and the escapes of terminals. No name holds them: it goes into headers, rows and logs, and onto the
 * screens of operators.
 */

const control = /\p{Cc}/u

/** Whether the text has one. @stability experimental @category getters @since 0.1.0 */
export const isIn = (text: string): boolean => control.test(text)
