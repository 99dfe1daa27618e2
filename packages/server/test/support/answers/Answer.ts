/**
 * What a scripted provider says, apart from the wire format it says it in. Each sister file (`OpenAiChat`,
 * `OpenAiResponses`, `AnthropicMessages`, `Gemini`, `Ollama`, `Cohere`, `BedrockConverse`) writes it as that provider does; the shapes are those of the
 * recordings in the fixtures. Nothing here knows about connections or time: that is `Step` and `ScriptedServer`.
 */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON text of the arguments. */
  readonly arguments: string
}

export interface Tokens {
  readonly input: number
  readonly output: number
  readonly cached?: number
  readonly reasoning?: number
}

export interface Options {
  readonly id?: string
  /** The model that the answer names. Default: the one that was asked for, else `scripted-model`. */
  readonly model?: string
  /** `null`: none is sent. Default: 12 in, 34 out. */
  readonly usage?: Tokens | null
  readonly finish?: "stop" | "length" | "tool" | "filter"
  readonly toolCalls?: ReadonlyArray<ToolCall>
  /** Said before the text, where the format has a place for it. */
  readonly reasoning?: string
}

/** The events of a stream, each as it stands on the wire, cut where tests want to cut. */
export interface Events {
  /** Before the first content: roles, ids, pings. */
  readonly head: ReadonlyArray<string>
  /** One entry a text, reasoning or tool-call delta. */
  readonly content: ReadonlyArray<string>
  /** After the last content: finish reason, usage, terminator (always the last entry). */
  readonly tail: ReadonlyArray<string>
}

export interface Format {
  readonly contentType: string
  readonly whole: (text: string, options?: Options) => JsonObject
  readonly events: (texts: ReadonlyArray<string>, options?: Options) => Events
  /** An error as an answer's body. */
  readonly errorBody: (message: string, type?: string, code?: string | number) => JsonObject
  /** The same, as an event of a stream. */
  readonly errorEvent: (message: string, type?: string, code?: string | number) => string
  /** How an event goes onto the wire, where that is not its text. */
  readonly encode?: (event: string) => Uint8Array
}

export const defaultModel = "scripted-model"
export const created = 1_782_321_890

export const tokensOf = (options: Options): Tokens | undefined =>
  options.usage === null ? undefined : (options.usage ?? { input: 12, output: 34 })

export const finishOf = (options: Options): NonNullable<Options["finish"]> =>
  options.finish ?? (options.toolCalls !== undefined && options.toolCalls.length > 0 ? "tool" : "stop")

export const flatten = (events: Events): ReadonlyArray<string> => [...events.head, ...events.content, ...events.tail]

/** `data: …` */
export const data = (value: Json): string => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`

/** `event: …`, `data: …` */
export const named = (event: string, value: Json): string => `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`
