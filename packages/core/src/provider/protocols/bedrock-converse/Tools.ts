/**
 * Writes tools for Converse, which wants them in every request of a conversation that has called one, and knows no "none".
 */
import * as Json from "../../../domain/Json.ts"
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Request, Tool } from "../../../domain/Request.ts"
import * as BoundSchema from "../anthropic-messages/BoundSchema.ts"
import * as Forced from "../anthropic-messages/Forced.ts"
import * as Claude from "../anthropic-messages/Models.ts"
import * as Foreign from "../Foreign.ts"
import * as FunctionTool from "../FunctionTool.ts"
import * as CachePoint from "./CachePoint.ts"

/** What of a request's tools Converse cannot carry, if so. @stability stable @category predicates @since 0.1.0 */
export const refuse = (request: Request, model: string): Unsupported | undefined => {
  const refused = model.includes("claude") ? Forced.refuse(request, Claude.of(model), "bedrock-converse") : undefined
  if (refused !== undefined) return refused
  const hasTools = request.tools !== undefined && request.tools.length > 0
  if (Foreign.isOneOfSeveral(request))
    return Foreign.unsupported(
      "one tool call at a time",
      "bedrock-converse cannot keep a model from calling several tools at once"
    )
  if ((hasTools && request.toolChoice !== "none") || !hasCalled(request)) return undefined
  return Foreign.unsupported(
    "tool results without tools",
    "bedrock-converse takes calls and results of tools only beside the tools themselves"
  )
}

const hasCalled = (request: Request): boolean =>
  request.messages.some(
    (message) =>
      message.role === "tool" ||
      (message.role === "assistant" && message.content.some((part) => part.type === "toolCall"))
  )

/** `toolConfig`; `undefined` where no tool may be called. @stability stable @category combinators @since 0.1.0 */
export const encode = (request: Request, model: string): Json.JsonObject | undefined => {
  const { toolChoice, tools } = request
  if (tools === undefined || tools.length === 0 || toolChoice === "none") return undefined
  const bound = BoundSchema.ofTools(tools, "bedrock-converse")
  return Json.compact({
    tools: tools.flatMap((tool, at) => [toolOf(tool, bound[at]), ...CachePoint.of(tool, model, "tool")]),
    toolChoice: choiceOf(toolChoice)
  })
}

const toolOf = (tool: Tool, bound: Json.JsonObject | undefined): Json.JsonObject => ({
  toolSpec: Json.compact({
    name: tool.name,
    description: tool.description || undefined,
    inputSchema: { json: bound ?? FunctionTool.parametersOf(tool) },
    strict: bound === undefined ? undefined : true
  })
})

const choiceOf = (choice: Request["toolChoice"]): Json.JsonObject | undefined => {
  if (choice === undefined) return undefined
  if (typeof choice === "object") return { tool: { name: choice.name } }
  return choice === "required" ? { any: {} } : { auto: {} }
}
