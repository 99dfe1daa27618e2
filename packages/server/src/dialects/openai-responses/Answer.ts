/**
 * Writes whole answers in OpenAI's Responses format: the same items that a stream of them would end with.
 */
import type * as Json from "@orelse/core/domain/Json"
import type { Response, StreamPart } from "@orelse/core/domain/Response"
import * as Foreign from "@orelse/core/provider/protocols/Foreign"
import * as Whole from "@orelse/core/provider/protocols/Whole"
import type { AnswerContext } from "../Dialect.ts"
import * as Body from "./Body.ts"
import * as Extras from "../Extras.ts"
import * as Ids from "./Ids.ts"
import { type ContentPart, Output } from "./Output.ts"

const dialect = "openai-responses"

/** A whole answer. */
export const write = (response: Response, context: AnswerContext): Json.JsonObject => {
  const output = new Output(() => "", context)
  let logprobs = response.logprobs
  for (const [index, content] of response.content.entries()) {
    const own = content.type === "text" ? Foreign.blockOf(content, dialect) : undefined
    if (typeof own === "object") output.own(own)
    for (const part of Whole.partsOf(content, index)) {
      if (!isContent(part)) continue
      if (part.type === "text" && part.text !== "" && logprobs !== undefined) {
        output.write({ ...part, logprobs })
        logprobs = undefined
      } else output.write(part)
    }
  }
  const answer = { id: Ids.response(response.id, context), created: response.created ?? context.created }
  const ending = Body.ending(response.finishReason, response.rawFinishReason)
  output.close(ending.status === "completed" ? "completed" : "incomplete")
  const body = Body.write(answer, ending, output.items(), response.usage, context.model, Body.asked(context.request()))
  return Extras.beside({ ...body, ...Foreign.own(response, dialect) }, response, dialect)
}

const isContent = (part: StreamPart): part is ContentPart =>
  part.type !== "start" &&
  part.type !== "usage" &&
  part.type !== "finish" &&
  part.type !== "error" &&
  part.type !== "extra" &&
  part.type !== "otherAnswer" &&
  part.type !== "ping"
