/**
 * What callers of Anthropic's dialect send back of answers that were not Anthropic's.
 *
 * They are told to send thinking back as it came, and Anthropic refuses the whole request over a signature that is not its own. Two it
 * cannot have made: an empty one, which stands where a provider gave none, and OpenAI's (`openai-responses/Proof.ts`). Thinking with such a
 * one is taken out of a body that passes through, and where a turn goes on that began so, no thinking is asked for (`RunningTurn.ts`).
 */
import * as Json from "../../../domain/Json.ts"
import * as Rewrite from "../../Rewrite.ts"
import * as RunningTurn from "./RunningTurn.ts"

/** What to change in a body; `undefined` for most. @stability experimental @category getters @since 0.1.0 */
export const changes = (body: Json.JsonObject): Rewrite.Changes | undefined => {
  const messages = Json.array(body["messages"])
  const holdsForeign = messages.some((message) => Json.array(Json.at(message, "content")).some(RunningTurn.isForeign))
  const isUnthought = Json.at(body, "thinking", "type") === "enabled" && RunningTurn.isUnthoughtAsSent(messages)
  if (!holdsForeign && !isUnthought) return undefined
  return { ...(holdsForeign ? found : none), ...(isUnthought ? quiet : none) }
}

/** Thinking of another provider goes, and a message that held nothing else: Anthropic takes no empty ones. */
const block: Rewrite.Change = (value) =>
  value !== undefined && RunningTurn.isForeign(Json.parse(value)) ? undefined : value

const found: Rewrite.Changes = { messages: Rewrite.each(Rewrite.only("content", Rewrite.each(block))) }
const quiet: Rewrite.Changes = { thinking: Rewrite.remove }
const none: Rewrite.Changes = {}
