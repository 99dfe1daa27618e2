/**
 * The answers of a stream beside its first, where a caller asked for several (`n`, `candidateCount`).
 *
 * They have no neutral shape, and pass on as bytes alone. What counts of them all the same is that they go on, which is no silence, and
 * that each of them ends: before that a stream is cut, however well its first answer ended.
 */
import type { StreamPart } from "../../domain/Response.ts"

/** @stability experimental @category models @since 0.1.0 */
export class OtherAnswers {
  /** Those that have begun, and whether they have ended. */
  readonly #ended = new Map<number, boolean>()

  /** Whether each that has begun has ended. */
  get haveEnded(): boolean {
    for (const ended of this.#ended.values()) if (!ended) return false
    return true
  }

  get someHaveEnded(): boolean {
    return [...this.#ended.values()].includes(true)
  }

  /**
   * What one event says of one of them.
   *
   * @param text what it adds, as far as it is text
   * @param saysMore whether it adds anything else
   */
  take(index: number, text: string, saysMore: boolean, ends: boolean, parts: Array<StreamPart>): void {
    this.#ended.set(index, ends || this.#ended.get(index) === true)
    if (text !== "" || saysMore || ends) parts.push({ type: "otherAnswer", index, text })
  }
}
