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

const bits = 1 << 14

/** A normalised text with the index of its pieces. @stability experimental @category models @since 0.1.0 */
export interface Text {
  readonly value: string
  /** A bit for each four letters that stand in the text. */
  readonly index: ReadonlyArray<number>
}

/** @stability experimental @category models @since 0.1.0 */
export interface Phrase {
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
  let out = text.length > longest ? `${text.slice(0, longest - tail)} ${text.slice(-tail)}` : text
  out = out.toLowerCase()
  if (/[`"\\]/.test(out)) out = out.replace(/[`"\\]+/g, "")
  if (/[\u2018\u2019]/.test(out)) out = out.replace(/[\u2018\u2019]/g, "'")
  // A blank that stands alone is left: to put one in its place takes longer than all the rest.
  return out.replace(/[\t\n\r\f\v\u00a0]\s*| \s+/g, " ")
}

/** Indexes a text that is already normalised. @stability experimental @category constructors @since 0.1.0 */
export const index = (value: string): Text => {
  // A plain array: typed ones of this size are not made on the heap, which takes longer than to fill them.
  const set = new Array<number>(bits >> 5).fill(0)
  let one = value.charCodeAt(0)
  let two = value.charCodeAt(1)
  let three = value.charCodeAt(2)
  for (let at = 3; at < value.length; at++) {
    const four = value.charCodeAt(at)
    const gram = mix(one, two, three, four)
    set[gram >> 5]! |= 1 << (gram & 31)
    one = two
    two = three
    three = four
  }
  return { value, index: set }
}

/** @stability experimental @category constructors @since 0.1.0 */
export const compile = (phrase: string): Phrase => {
  const pieces = phrase
    .toLowerCase()
    .split(/ ?\* ?/)
    .filter((piece) => piece.length > 0)
  const grams: Array<number> = []
  for (const piece of pieces) for (let at = 0; at + 4 <= piece.length; at += 3) grams.push(hash(piece, at))
  return { pieces, grams }
}

/** Whether the text holds one of the phrases. @stability experimental @category predicates @since 0.1.0 */
export const some = (phrases: ReadonlyArray<Phrase>, text: Text): boolean => {
  for (const phrase of phrases) if (holds(phrase, text)) return true
  return false
}

const holds = (phrase: Phrase, text: Text): boolean => {
  for (const gram of phrase.grams) if ((text.index[gram >> 5]! & (1 << (gram & 31))) === 0) return false
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
