/**
 * What a caller sent, as long as its call may need it: once a stream is under way, the text alone.
 *
 * A stream goes on for minutes, and parsed a request takes several times the room of its text. Where it fails in the end, the text is
 * parsed again, so that nothing of the caller's is in the error.
 */
import type { Wire } from "@orelse/core/domain/Call"
import * as Json from "@orelse/core/domain/Json"

/** A request that was parsed. */
export class Held implements Wire {
  readonly text: string
  readonly headers: Wire["headers"]
  #body: Json.JsonObject | undefined

  constructor(text: string, body: Json.JsonObject, headers: Wire["headers"]) {
    this.text = text
    this.headers = headers
    this.#body = body
  }

  get body(): Json.JsonObject {
    return this.#body ?? Json.parseObject(this.text) ?? {}
  }

  /** From now on it is parsed anew whenever somebody asks. */
  letGo(): void {
    this.#body = undefined
  }
}
