/**
 * Whether the arguments of a call, which come in thousands of pieces, are a whole JSON object: each piece is looked at once, for parsing all
 * of them again at each piece holds up everybody where they are long.
 *
 * What is no JSON but has its brackets closed counts as whole: nobody could say what would follow it.
 */
const [quote, backslash, open, close] = [0x22, 0x5c, 0x7b, 0x7d]

/** What has come of one call's arguments. */
export class Arguments {
  #depth = 0
  #isText = false
  #isEscaped = false
  /** `undefined` until something but blanks came. */
  #isObject: boolean | undefined

  get isWhole(): boolean {
    return this.#isObject === true && this.#depth === 0
  }

  add(piece: string): void {
    this.#isObject ??= beginning(piece)
    for (let at = 0; at < piece.length; at++) this.#see(piece.charCodeAt(at))
  }

  #see(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (this.#isText && code === backslash) this.#isEscaped = true
    else if (code === quote) this.#isText = !this.#isText
    else if (!this.#isText && code === open) this.#depth += 1
    else if (!this.#isText && code === close) this.#depth -= 1
  }
}

const beginning = (piece: string): boolean | undefined => {
  const first = piece.trimStart()
  return first === "" ? undefined : first.startsWith("{")
}
