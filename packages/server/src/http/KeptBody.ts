/**
 * What a caller was sent, gathered for the ledger where `ledger.bodies` is `full`. It is redacted where it is stored.
 */

/** Bytes of one answer that are kept at most; what follows is left out, and said so. */
const limit = 4 * 1024 * 1024

/** What stands where the rest was. */
const cut = "\n[the rest is not kept]"

/** One answer, piece by piece. */
export class KeptBody {
  #pieces: Array<Buffer | string> = []
  #size = 0

  add(piece: Buffer | string): void {
    if (this.#size <= limit) this.#pieces.push(piece)
    this.#size += piece.length
  }

  /** All of it so far. */
  text(): string {
    const whole = Buffer.concat(this.#pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)))
    return this.#size <= limit ? whole.toString("utf8") : whole.subarray(0, limit).toString("utf8") + cut
  }
}
