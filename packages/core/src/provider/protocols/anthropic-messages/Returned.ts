/**
 * What callers of Anthropic's dialect send back of answers that were not Anthropic's.
 *
 * They are told to send thinking back as it came, and Anthropic refuses the whole request over a signature that is not its own. Two it
 * cannot have made: an empty one, which stands where a provider gave none, and OpenAI's (`openai-responses/Proof.ts`). Thinking with such a
 * one is taken out of a body that passes through.
 */
import * as Json from "../../../domain/Json.ts"
import * as Rewrite from "../../Rewrite.ts"
import { isOpenAi } from "../openai-responses/Proof.ts"

const marks = /"signature"\s*:\s*"(?:"|openai:)/

/** What to change in a body; nothing in most. @stability experimental @category getters @since 0.1.0 */
export const changes = (text: string): Rewrite.Changes => (marks.test(text) ? found : none)

/** Thinking of another provider goes, and a message that held nothing else: Anthropic takes no empty ones. */
const block: Rewrite.Change = (value) => {
  const block = Json.parseObject(value ?? "")
  const signature = Json.string(block?.["signature"])
  return block?.["type"] === "thinking" && (signature === "" || isOpenAi(signature)) ? undefined : value
}

const found: Rewrite.Changes = { messages: Rewrite.each(Rewrite.only("content", Rewrite.each(block))) }
const none: Rewrite.Changes = {}
