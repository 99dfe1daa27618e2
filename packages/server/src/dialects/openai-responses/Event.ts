/**
 * One event of a stream of Responses, with its number.
 */

/** The text of an event, from its type and the text of its fields. */
export const write = (type: string, sequence: number, fields: string): string =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence},${fields}}\n\n`
