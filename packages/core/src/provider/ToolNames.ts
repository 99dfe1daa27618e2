/**
 * Names of tools for providers that are narrow about them, and the caller's own again in what comes back.
 *
 * Claude Code calls a tool `mcp__SERVER__TOOL`, with more than 64 characters as often as not; Google's callers write dots and colons. Either is a 400 for
 * the whole request elsewhere, which no other target would be asked after. A name is made of the one given alone, unless two would be one, so that
 * a conversation keeps the names it had (and the provider its cache). It is not used where the caller's own bytes go out.
 */
import type { Answer, Sink } from "../domain/Answer.ts"
import type { Message, Request } from "../domain/Request.ts"
import type { Response, StreamPart } from "../domain/Response.ts"
import * as ToolIds from "./protocols/openai-chat/ToolIds.ts"

/** A request with names that fit, and whose they are. @stability experimental @category models @since 0.1.0 */
export interface Fitted {
  readonly request: Request
  /** The caller's name by the one that was sent. */
  readonly given: ReadonlyMap<string, string>
}

/**
 * The request with names that fit; `undefined` for most, whose names all do.
 *
 * @param fits what a name must match
 * @stability experimental
 * @category constructors
 * @since 0.1.0
 */
export const fit = (request: Request, fits: RegExp): Fitted | undefined => {
  const misfits = namesOf(request).filter((name) => !fits.test(name))
  if (misfits.length === 0) return undefined
  const taken = new Set(namesOf(request))
  const sent = new Map<string, string>()
  for (const name of misfits) if (!sent.has(name)) sent.set(name, free(name, fits, taken))
  return {
    request: renamed(request, (name) => sent.get(name) ?? name),
    given: new Map([...sent].map(([name, fitted]) => [fitted, name]))
  }
}

/** Every name of a tool in a request, some of them often. */
const namesOf = ({ messages, toolChoice, tools }: Request): Array<string> => {
  const names = (tools ?? []).map((tool) => tool.name)
  if (typeof toolChoice === "object") names.push(toolChoice.name)
  for (const message of messages) {
    if (message.role === "tool" && message.name !== undefined) names.push(message.name)
    if (message.role !== "assistant") continue
    for (const part of message.content) if (part.type === "toolCall") names.push(part.name)
  }
  return names
}

/** Of a longer name so much stays readable. */
const stemLength = 50

const free = (name: string, fits: RegExp, taken: Set<string>): string => {
  const clean = name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[^A-Za-z_])|^$/, "_")
  const told = `${clean.slice(0, stemLength)}_${ToolIds.short(name)}`
  const fitted = fits.test(clean) && !taken.has(clean) ? clean : told
  taken.add(fitted)
  return fitted
}

const renamed = (request: Request, name: (name: string) => string): Request => {
  const { messages, toolChoice, tools } = request
  return {
    ...request,
    ...(tools === undefined ? {} : { tools: tools.map((tool) => ({ ...tool, name: name(tool.name) })) }),
    ...(typeof toolChoice === "object" ? { toolChoice: { name: name(toolChoice.name) } } : {}),
    messages: messages.map((message) => messageOf(message, name))
  }
}

const messageOf = (message: Message, name: (name: string) => string): Message => {
  if (message.role === "tool") return message.name === undefined ? message : { ...message, name: name(message.name) }
  if (message.role !== "assistant") return message
  const content = message.content.map((part) => (part.type === "toolCall" ? { ...part, name: name(part.name) } : part))
  return { ...message, content }
}

/** The answer with the caller's names. @stability experimental @category combinators @since 0.1.0 */
export const restored = (answer: Answer, given: Fitted["given"]): Answer =>
  answer._tag === "Streaming"
    ? { ...answer, run: (sink) => answer.run(sinkOf(sink, given)) }
    : { ...answer, response: () => responseOf(answer.response(), given) }

const responseOf = (response: Response, given: Fitted["given"]): Response => ({
  ...response,
  content: response.content.map((part) =>
    part.type === "toolCall" ? { ...part, name: given.get(part.name) ?? part.name } : part
  )
})

const sinkOf = (sink: Sink, given: Fitted["given"]): Sink =>
  sink.wants === "bytes"
    ? sink
    : { ...sink, write: (parts: ReadonlyArray<StreamPart>) => sink.write(parts.map((part) => partOf(part, given))) }

const partOf = (part: StreamPart, given: Fitted["given"]): StreamPart =>
  part.type === "toolCallStart" ? { ...part, name: given.get(part.name) ?? part.name } : part
