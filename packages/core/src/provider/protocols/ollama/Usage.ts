/**
 * Tokens as Ollama counts them: of the prompt (left out where the whole of it was cached) and of the answer.
 */
import * as Json from "../../../domain/Json.ts"
import { count, type Usage } from "../../../domain/Usage.ts"

/** The usage of a whole answer or of a stream's last line. @stability stable @category getters @since 0.1.0 */
export const of = (body: Json.JsonObject): Usage | undefined => {
  const inputTokens = count(body["prompt_eval_count"])
  const outputTokens = count(body["eval_count"])
  return inputTokens === undefined && outputTokens === undefined
    ? undefined
    : Json.compact({ inputTokens, outputTokens })
}
