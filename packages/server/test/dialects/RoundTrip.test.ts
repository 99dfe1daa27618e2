import { assert, describe, it } from "@effect/vitest"
import type { AssistantPart, Request } from "@orelse/core/domain/Request"
import type { Response } from "@orelse/core/domain/Response"
import * as Json from "@orelse/core/domain/Json"
import type { Context, Protocol } from "@orelse/core/provider/Protocol"
import { isUnthought } from "@orelse/core/provider/protocols/anthropic-messages/RunningTurn"
import * as AnthropicProtocol from "@orelse/core/provider/protocols/AnthropicMessages"
import * as FittedIds from "@orelse/core/provider/protocols/FittedIds"
import * as GeminiProtocol from "@orelse/core/provider/protocols/Gemini"
import * as JsonMode from "@orelse/core/provider/protocols/openai-chat/JsonMode"
import * as OpenAiProtocol from "@orelse/core/provider/protocols/OpenAiChat"
import * as ResponsesProtocol from "@orelse/core/provider/protocols/OpenAiResponses"
import * as Result from "effect/Result"
import * as AnthropicMessages from "../../src/dialects/AnthropicMessages.ts"
import type { Dialect } from "../../src/dialects/Dialect.ts"
import * as Gemini from "../../src/dialects/Gemini.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import * as OpenAiResponses from "../../src/dialects/OpenAiResponses.ts"
import { context } from "./context.ts"
import * as Generated from "./generated.ts"

/** A dialect with the protocol of the same format, and a model that takes everything the format has. */
interface Format {
  readonly dialect: Dialect
  readonly protocol: Protocol
  readonly model: string
  /** The one that takes stop sequences, where that is another. */
  readonly stopping?: string
  readonly quirks?: Context["quirks"]
  /** The same request in the words of this format, where it has only one way to say what others have two for. */
  readonly words?: (request: Request) => Request
}

const openai: Format = {
  dialect: OpenAiChat.dialect,
  protocol: OpenAiProtocol.protocol,
  model: "gpt-5.2",
  stopping: "gpt-4.1",
  quirks: { oldMaxTokens: true },
  // None of its models that reason takes them.
  words: ({ stop, ...rest }) => (stop === undefined || rest.reasoning !== undefined ? rest : { ...rest, stop })
}
/** It gives no fewer tokens than 16. */
const limited = (request: Request): Request =>
  request.maxTokens === undefined ? request : { ...request, maxTokens: Math.max(request.maxTokens, 16) }

/** It takes ids of letters and digits, and none twice. */
const fitted = (request: Request): Request => ({ ...request, messages: FittedIds.fit(request.messages) })

const anthropic: Format = {
  dialect: AnthropicMessages.dialect,
  protocol: AnthropicProtocol.protocol,
  model: "claude-opus-4-6",
  words: fitted
}
const responses: Format = {
  dialect: OpenAiResponses.dialect,
  protocol: ResponsesProtocol.protocol,
  model: "gpt-5.2",
  words: (request) => {
    // It has no stop sequences (and refuses them), no short limits, no turns apart from their items, and no tool that does not say whether it is strict.
    const { stop: _, ...all } = request
    const rest = limited(all)
    const tools = request.tools?.map((tool) => ({ strict: false, ...tool }))
    return fitted({ ...rest, ...(tools === undefined ? {} : { tools }), messages: apart(request.messages) })
  }
}
const gemini: Format = {
  dialect: Gemini.dialect,
  protocol: GeminiProtocol.protocol,
  model: "gemini-3-flash",
  words: ({ parallelToolCalls: _parallel, user: _user, ...rest }) => {
    // It has no users, no strict tools, no word against parallel calls, no turns apart from their contents, and (at AI Studio) no names of documents.
    const tools = rest.tools?.map(({ strict: _strict, ...tool }) => tool)
    return { ...rest, ...(tools === undefined ? {} : { tools }), messages: pieced(apart(rest.messages)).map(nameless) }
  }
}
const formats = [openai, anthropic, responses, gemini]

const nameless = (message: Request["messages"][number]): Request["messages"][number] => {
  if (message.role !== "user") return message
  const content = message.content.map((part) => {
    if (part.type !== "document") return part
    const { name: _, ...rest } = part
    return rest
  })
  return { ...message, content }
}

/** Of messages of the assistant in a row, the first. */
const apart = (messages: Request["messages"]): Request["messages"] =>
  messages.filter((message, at) => message.role !== "assistant" || messages[at - 1]?.role !== "assistant")

/** Messages of the assistant in a row, as one. */
const turns = (messages: Request["messages"]): Request["messages"] =>
  messages.reduce<Array<Request["messages"][number]>>((all, message) => {
    const last = all.at(-1)
    if (last?.role !== "assistant" || message.role !== "assistant") return [...all, message]
    return [...all.slice(0, -1), { ...last, content: [...last.content, ...message.content] }]
  }, [])

/** As Gemini has them, where a caller may send an answer back in its pieces: the assistant's words side by side are one text. */
const pieced = (messages: Request["messages"]): Request["messages"] =>
  turns(messages).map((message) => {
    if (message.role !== "assistant") return message
    const content = message.content.reduce<Array<AssistantPart>>((all, part) => {
      const last = all.at(-1)
      const isOne = last?.type === "text" && part.type === "text" && !("extra" in last) && !("extra" in part)
      return isOne ? [...all.slice(0, -1), { ...last, text: last.text + part.text }] : [...all, part]
    }, [])
    return { ...message, content }
  })

/** What both formats have words for. */
const sayable = (request: Request, ...formats: ReadonlyArray<Format>): Request =>
  formats.reduce((said, { words }) => words?.(said) ?? said, request)

/** Out in a format, and in again. */
const through = (request: Request, { dialect, model, protocol, quirks = {}, stopping = model }: Format): Request => {
  const named = request.stop === undefined ? model : stopping
  const written = protocol.encode(request, { model: named, stream: false, quirks })
  if (Result.isFailure(written)) throw new Error(`${protocol.id} refused: ${written.failure.message}`)
  const read = dialect.request(Json.parseObject(written.success.body)!)
  if (Result.isFailure(read)) throw new Error(`${dialect.id} refused: ${read.failure.message}`)
  const { model: _, ...rest } = read.success
  return rest
}

/** As JSON has it: no minus zero. */
const plain = (request: unknown): Request => Json.parse(JSON.stringify(request)) as unknown as Request

/** With what OpenAI demands beside its JSON mode. */
const asking = (request: Request): Request => ({ ...request, messages: JsonMode.messagesOf(request) })

/** Instructed by the system alone. */
const instructed = (request: Request): Request => ({
  ...request,
  messages: request.messages.map((message) => {
    if (message.role !== "system") return message
    const { developer: _, ...rest } = message
    return rest
  })
})

const runs = { arbitrary: { runs: 400 } }

describe("a request that every dialect can say", () => {
  for (const inbound of formats) {
    for (const outbound of formats) {
      it.prop(
        `is the same after ${inbound.dialect.id} in, ${outbound.protocol.id} out and in again`,
        { request: Generated.shared },
        ({ request }) => {
          // What one of the two adds or has no word for is no difference between them.
          const said = (request: Request) => sayable(request, inbound, outbound)
          const meant = said(plain(request))
          const asked = through(meant, inbound)
          assert.deepStrictEqual(said(asked), meant)
          assert.deepStrictEqual(said(through(asked, outbound)), meant)
        },
        runs
      )
    }
  }
})

describe("a request that only one dialect can say", () => {
  it.prop(
    "is the same after openai-chat out and in again",
    { request: Generated.openaiOnly },
    // Of all models behind this format only Google's take the proof of a call, and of a developer only OpenAI's know.
    ({ request }) =>
      assert.deepStrictEqual(
        through(plain(request), { ...openai, model: "gemini-x", quirks: {} }),
        instructed(asking(plain(request)))
      ),
    runs
  )

  it.prop(
    "is the same after anthropic-messages out and in again",
    { request: Generated.anthropicOnly },
    ({ request }) => {
      const asked = fitted(plain(request))
      const { reasoning, ...rest } = asked
      // A turn that began without thinking goes on without.
      const meant = reasoning?.enabled === true && isUnthought(rest.messages) ? rest : asked
      assert.deepStrictEqual(through(asked, { ...anthropic, model: "claude-opus-4-5" }), meant)
    },
    runs
  )

  it.prop(
    "is the same after openai-responses out and in again",
    { request: Generated.responsesOnly },
    ({ request }) => {
      const asked = limited(fitted({ ...plain(request), messages: turns(plain(request).messages) }))
      assert.deepStrictEqual(through(asked, { ...responses, model: "gpt-x" }), asking(asked))
    },
    runs
  )

  it.prop(
    "is the same after gemini out and in again",
    { request: Generated.geminiOnly },
    ({ request }) => {
      const said = plain(request)
      assert.deepStrictEqual(through(said, gemini), { ...said, messages: pieced(said.messages) })
    },
    runs
  )
})

describe("an answer of another provider, sent back to one whose format the caller speaks", () => {
  const thought = (more: Partial<Extract<AssistantPart, { type: "reasoning" }>>): AssistantPart => ({
    type: "reasoning",
    text: "hm",
    ...more
  })
  const answered: Response = {
    content: [
      thought({}),
      thought({ signature: "SIG" }),
      thought({ signature: "openai:ENC" }),
      thought({ text: "", redacted: "RED" }),
      { type: "text", text: "yes" },
      { type: "toolCall", id: "call_1", name: "f", arguments: "{}" }
    ],
    finishReason: "tool_calls"
  }
  /** The body of the next turn, as its provider gets it. */
  const next = ({ dialect, model, protocol }: Format, body: (answer: Json.JsonObject) => Json.JsonObject) => {
    const text = JSON.stringify(body(dialect.response(answered, context)))
    return Json.parse(protocol.passThrough(text, Json.parseObject(text)!, { model, stream: false, quirks: {} }).body)
  }

  it("goes without what only Anthropic could have signed", () => {
    const { content } = AnthropicMessages.dialect.response(answered, context)
    const own = Json.array(content).filter((block) => JSON.stringify(block).includes('"SIG"'))
    const sent = next(anthropic, ({ content }) => ({ messages: [{ role: "assistant", content }] }))
    assert.deepStrictEqual(Json.at(sent, "messages", 0, "content"), [
      // Nobody but Anthropic's models signs so, wherever they are served.
      ...own,
      { type: "redacted_thinking", data: "RED" },
      { type: "text", text: "yes" },
      { type: "tool_use", id: "call_1", name: "f", input: {} }
    ])
  })

  it("goes without ids and proofs that OpenAI never gave", () => {
    const sent = next(responses, ({ output }) => ({ input: output! }))
    assert.notInclude(JSON.stringify(sent), "orelse")
    assert.deepStrictEqual(
      Json.array(Json.at(sent, "input")).map((item) => Json.at(item, "encrypted_content") ?? Json.at(item, "type")),
      ["ENC", "message", "function_call"]
    )
  })

  it("goes without proofs that Google never gave, and with its word for a call that has none", () => {
    const sent = next(gemini, ({ candidates }) => ({ contents: [Json.at(candidates, 0, "content")!] }))
    assert.deepStrictEqual(Json.at(sent, "contents", 0, "parts"), [
      { text: "hm", thought: true },
      { text: "yes" },
      {
        functionCall: { id: "call_1", name: "f", args: {} },
        thoughtSignature: "skip_thought_signature_validator"
      }
    ])
  })
})
