/**
 * The ids of every line of the presets' reference.
 */
const upTo = (letter: string, last: number): ReadonlyArray<string> =>
  Array.from({ length: last }, (_, index) => `${letter}-${index + 1}`)

export const ids: ReadonlyArray<string> = [
  ...upTo("C", 65),
  ...upTo("R", 75),
  ...upTo("M", 15),
  ...upTo("P", 32),
  ...upTo("F", 51),
  "F-35a"
]
