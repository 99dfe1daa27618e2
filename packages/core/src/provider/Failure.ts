/**
 * What a failed answer means: from status, headers and body (or the event of a stream, or the network's error) to a reason.
 *
 * The knowledge is data: rules by provider family (`failure/rules/`), each with the recorded answers that taught it, and rules
 * that users add in the configuration. This file only puts the steps together. It decides nothing about retries: that is
 * `policy/Disposition.ts`. It is pure and total: whatever the bytes are, the answer is a reason.
 */
import * as Json from "../domain/Json.ts"
import { EmptyResponse, retryAfterOf, type Reason } from "../domain/Reason.ts"
import * as Redaction from "../domain/Redaction.ts"
import * as Build from "./failure/Build.ts"
import * as Events from "./failure/Events.ts"
import * as Evidence from "./failure/Evidence.ts"
import * as Fixture from "./failure/Fixture.ts"
import * as RuleSet from "./failure/RuleSet.ts"
import { version } from "./failure/rules/builtIn.ts"
import * as CohereFinish from "./protocols/cohere/Finish.ts"
import * as ChatFinish from "./protocols/openai-chat/Finish.ts"

/** What the classifier is asked about. @stability stable @category models @since 0.1.0 */
export type Input = Evidence.Input

/** Changes whenever a rule does; stands in reports and exported fixtures. @stability stable @category models @since 0.1.0 */
export const ruleSetVersion: string = version

const shipped = RuleSet.make()

/**
 * The reason of a failed answer. `rules` defaults to those that ship with Orelse.
 *
 * @stability stable
 * @category constructors
 * @since 0.1.0
 */
export const classify = (input: Input, rules: RuleSet.RuleSet = shipped): Reason => {
  const evidence = Evidence.read(input)
  return Build.reason(evidence, rules.find(evidence))
}

/**
 * Whether a body is an error although its status is a success: an `error` field, MiniMax's `base_resp`, `success: false`. An answer that its provider's filter
 * held back is an answer, whole as streamed: its finish reason says so.
 *
 * @stability stable
 * @category predicates
 * @since 0.1.0
 */
export const errorInSuccess = (body: Json.JsonObject): boolean => {
  if (isSaid(body["error"], body)) return true
  if (typeof body["error_code"] === "number" && body["error_code"] !== 0) return true
  if (body["type"] === "error" || body["object"] === "error" || body["status"] === "failed") return true
  if (isBrokenOff(body)) return true
  if (body["success"] === false || Json.array(body["errors"]).length > 0) return true
  const business = Json.at(body, "base_resp", "status_code")
  return business !== undefined && business !== 0 && business !== "0"
}

/**
 * Why an answer without content failed that ends in a word of its provider's for no answer: what the rules make of it, else that it is empty.
 * A word such as `OTHER` says no more than that.
 *
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const ofEmpty = (classified: Reason, word: string | undefined): Reason =>
  classified._tag === "UnknownFailure" || classified._tag === "ServerError" ? unanswered(word) : classified

/** Said of an answer that holds nothing but its provider's word for no answer. @stability experimental @category constructors @since 0.1.0 */
export const unanswered = (word: string | undefined): EmptyResponse =>
  new EmptyResponse({ message: Redaction.redact(`the answer holds nothing, and ends in ${word ?? "an error"}`) })

/** Some write an empty error beside each answer, in one of the ways that there are. */
const isSaid = (error: Json.Json | undefined, body: Json.JsonObject): boolean => {
  if (error === undefined || error === null || error === false || error === "") return false
  const fields = Json.object(error)
  return fields === undefined || Object.keys(fields).length > 0 || body["choices"] === undefined
}

/** A generation that the server broke off says so: in its choice in OpenAI's chat format, beside its message in Cohere's. */
const isBrokenOff = (body: Json.JsonObject): boolean => {
  const choice = Json.at(body, "choices", 0)
  const finish = Json.string(Json.at(choice, "finish_reason"))
  return (
    Json.object(Json.at(choice, "error")) !== undefined ||
    (finish !== undefined && ChatFinish.isFailure(finish)) ||
    CohereFinish.isFailure(Json.string(body["finish_reason"])) ||
    Boolean(Json.string(Json.at(body, "x_groq", "error")))
  )
}

/**
 * Whether the text of a whole answer that the protocol cannot read is an error in other words: a sentence in a field of its own
 * (`message`, `msg`, `detail`), a list with an error in it, events that nobody asked for. It is asked only where there is no answer.
 *
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const errorInsteadOfAnswer = (text: string): boolean => {
  const parsed = Json.parse(text)
  const events = parsed === undefined && Events.isStream(text) ? Events.errors(text) : []
  const values = Array.isArray(parsed) ? parsed : [parsed, ...events]
  return values.some((value: Json.Json | undefined) => {
    const body = Json.object(value)
    return body !== undefined && (errorInSuccess(body) || sentences.some((name) => isSentence(body[name])))
  })
}

const sentences = ["message", "msg", "detail", "error_msg", "errorMessage"]

const isSentence = (value: Json.Json | undefined): boolean => typeof value === "string" && value !== ""

/**
 * One line of a fixture file (`errors.jsonl`), redacted: an answer that was read as `reason`, ready to be labelled by hand and
 * added to the recorded ones. `reason` is what the rules made of it, not a label to trust.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const toFixture = (input: Input, reason: Reason): string =>
  Fixture.line(input, reason._tag, retryAfterOf(reason), version, Json.parse(input.body))
