/**
 * Plain building blocks of what commands print: columns, counts, colours where the terminal has them, and what others wrote without its
 * control characters: an event's name or a provider's message must not steer the terminal of who reads it.
 */

/** Wraps text in colour, or leaves it as it is. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
}

const sgr = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`
const same = (text: string) => text

/** For a terminal. */
export const colored: Style = { bold: sgr(1), dim: sgr(2), good: sgr(32), bad: sgr(31), warn: sgr(33) }

/** For pipes, files and `NO_COLOR`. */
export const plain: Style = { bold: same, dim: same, good: same, bad: same, warn: same }

/** The style for a screen. */
export const styleOf = (screen: { readonly color: boolean }): Style => (screen.color ? colored : plain)

const code = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** One line of what somebody else wrote: `\u001b` instead of an escape, `\u202e` instead of a mark that turns what follows it around. */
export const line = (text: string): string => text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, code)

/** The same, with its line ends and tabs. JSON stays what it is. */
export const lines = (text: string): string => text.replaceAll(/(?!\r\n)[^\n\t\P{Cc}]/gu, code)

/** All texts of a value, and the names of its fields, as `line` has them. */
export const visible = <A>(value: A): A => walk(value) as A

const walk = (value: unknown): unknown => {
  if (typeof value === "string") return line(value)
  if (Array.isArray(value)) return value.map(walk)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [line(name), walk(item)]))
}

/** For programs, and for those who look at it all the same. */
export const json = (value: unknown): string => lines(JSON.stringify(value, null, 2))

/** `1 route`, `3 routes`. */
export const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`

// oxlint-disable-next-line no-control-regex
const width = (text: string): number => text.replaceAll(/\u001b\[\d+m/g, "").length

/** Rows with their columns under one another; the last column is not padded. */
export const columns = (rows: ReadonlyArray<ReadonlyArray<string>>, indent = ""): string => {
  const widths: Array<number> = []
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, width(cell))))
  return rows
    .map((row) => {
      const cells = row.map((cell, index) =>
        index === row.length - 1 ? cell : cell + " ".repeat((widths[index] ?? 0) - width(cell))
      )
      return (indent + cells.join("  ")).trimEnd()
    })
    .join("\n")
}

/** `850 ms`, `2.5 s`, `1 m 5 s`, `2 h`. */
export { of as duration } from "@orelse/core/domain/DurationText"
