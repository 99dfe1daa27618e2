/**
 * Phrases: the words by which rules know a message, and a fast way to ask many of them of one text.
 *
 * A phrase is plain text in lower case; ` * ` in it stands for anything of at most 120 characters, so that names and numbers do
 * not matter. A text is indexed once (the set of its four-letter pieces); a phrase with a piece that the text lacks is ruled out
 * without a search. There are no regular expressions here, so no text can make the search slow.
 */

/** The most characters that one ` * ` stands for. @stability experimental @category models @since 0.1.0 */
export const maxGap = 120

/** How much of a message is read: the first and the last part of what is longer. */
const longest = 1400
const tail = 400

/** The same of a text in a script like Chinese, which says as much in half of it, and takes four times as long to read. */
const longestWide = 700
const tailWide = 200

const bits = 1 << 14

/** Characters that are words: phrases of these may be shorter than four. */
const words = /[\u2e80-\u9fff]/

/** The bit of a text that has such a character. */
const worded = 1

/** The seed of a phrase of less than four letters. */
const none = -1

/** A normalised text with the index of its pieces. @stability experimental @category models @since 0.1.0 */
export interface Text {
  readonly value: string
  /** A bit for each four letters that stand in the text, and one for whether a character of it is a word. */
  readonly index: ReadonlyArray<number>
}

/** A list of phrases. @stability experimental @category models @since 0.1.0 */
export interface Phrases {
  /** The first four letters of each, side by side, since most phrases are ruled out by these; none where a phrase is shorter. */
  readonly seeds: ReadonlyArray<number>
  readonly all: ReadonlyArray<Phrase>
}

interface Phrase {
  readonly pieces: ReadonlyArray<string>
  readonly grams: ReadonlyArray<number>
}

/**
 * Lower case, without back-ticks, double quotes and backslashes, white space as one blank, typographic apostrophes as plain ones.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const normalise = (text: string): string => {
  let out = (isWide(text) ? shortened(text, longestWide, tailWide) : shortened(text, longest, tail)).toLowerCase()
  if (/[`"\\]/.test(out)) out = out.replace(/[`"\\]+/g, "")
  if (/[\u2018\u2019]/.test(out)) out = out.replace(/[\u2018\u2019]/g, "'")
  // A blank that stands alone is left: to put one in its place takes longer than all the rest.
  return out.replace(/[\t\n\r\f\v\u00a0]\s*| \s+/g, " ")
}

const shortened = (text: string, length: number, end: number): string =>
  text.length > length ? `${text.slice(0, length - end)} ${text.slice(-end)}` : text

/** Whether at least an eighth of how it begins is written in no alphabet like Latin, Greek or Cyrillic. */
const isWide = (text: string): boolean => {
  if (text.length <= longestWide) return false
  let count = 0
  for (let at = 0; at < 64; at++) if (text.charCodeAt(at) > 0x52f) count++
  return count >= 8
}

/** The index of a text without letters, to be copied: a typed array of this size is not made on the heap, which takes five times as long. */
const empty: ReadonlyArray<number> = Array.from({ length: bits >> 5 }, () => 0)

/** Indexes a text that is already normalised. @stability experimental @category constructors @since 0.1.0 */
export const index = (value: string): Text => {
  const set = empty.slice()
  let one = 0
  let two = 0
  let three = 0
  for (let at = 0; at < value.length; at++) {
    const four = value.charCodeAt(at)
    const gram = mix(one, two, three, four)
    set[gram >> 5]! |= 1 << (gram & 31)
    one = two
    two = three
    three = four
  }
  if (words.test(value)) set[worded >> 5]! |= 1 << (worded & 31)
  return { value, index: set }
}

/** @stability experimental @category constructors @since 0.1.0 */
export const compile = (phrases: ReadonlyArray<string>): Phrases => {
  const all = phrases.map(phraseOf)
  return { seeds: all.map(({ grams }) => grams[0] ?? none), all }
}

const phraseOf = (phrase: string): Phrase => {
  const pieces = phrase
    .toLowerCase()
    .split(/ ?\* ?/)
    .filter((piece) => piece.length > 0)
  const grams: Array<number> = []
  for (const piece of pieces) {
    for (let at = 0; at + 4 <= piece.length; at += 3) grams.push(hash(piece, at))
    if (piece.length < 4 && words.test(piece)) grams.push(worded)
  }
  return { pieces, grams }
}

/** Whether the text holds one of the phrases. @stability experimental @category predicates @since 0.1.0 */
export const some = ({ all, seeds }: Phrases, text: Text): boolean => {
  for (let at = 0; at < seeds.length; at++) {
    const seed = seeds[at]!
    if ((seed === none || hasGram(text, seed)) && holds(all[at]!, text)) return true
  }
  return false
}

const hasGram = ({ index }: Text, gram: number): boolean => (index[gram >> 5]! & (1 << (gram & 31))) !== 0

const holds = (phrase: Phrase, text: Text): boolean => {
  for (const gram of phrase.grams) if (!hasGram(text, gram)) return false
  const { pieces } = phrase
  if (pieces.length === 1) return text.value.includes(pieces[0]!)
  return pieces.length > 0 && inOrder(pieces, text.value)
}

/** Each piece after the one before it, at most `maxGap` away. Positions only move forward, so the text is read once a piece. */
const inOrder = (pieces: ReadonlyArray<string>, text: string): boolean => {
  const places = pieces.map(() => -1)
  let start = text.indexOf(pieces[0]!)
  while (start >= 0) {
    let end = start + pieces[0]!.length
    let fits = true
    for (let at = 1; at < pieces.length; at++) {
      if (places[at]! < end) places[at] = text.indexOf(pieces[at]!, end)
      if (places[at]! < 0) return false
      if (places[at]! - end > maxGap) {
        fits = false
        break
      }
      end = places[at]! + pieces[at]!.length
    }
    if (fits) return true
    start = text.indexOf(pieces[0]!, start + 1)
  }
  return false
}

const hash = (text: string, at: number): number =>
  mix(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2), text.charCodeAt(at + 3))

const mix = (one: number, two: number, three: number, four: number): number =>
  (one * 31 + two * 1147 + three * 113 + four * 4231) & (bits - 1)
