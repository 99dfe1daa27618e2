/**
 * Every recording, ready to be replayed by a scripted server: which protocol its provider is configured with, the bytes it
 * sends, and what a caller is to see.
 */
import type { ProtocolId } from "@orelse/core/domain/Dialect"
import * as Json from "@orelse/core/domain/Json"
import * as Recordings from "./recordings.ts"
import type { Step } from "./Step.ts"

/** One recording. */
export interface Recording extends Recordings.Recording {
  /** Name of its route, and of the model that its provider is asked for. */
  readonly route: string
  readonly speaks: ProtocolId
  /** Recorded as one body, for a call that is not streamed. */
  readonly isWhole: boolean
  readonly bytes: Buffer
}

const speakers: Readonly<Record<string, ProtocolId>> = {
  openai_chat: "openai-chat",
  responses: "openai-responses",
  anthropic: "anthropic-messages",
  anthropic_complete: "anthropic-messages",
  bedrock_anthropic: "bedrock-converse",
  gemini: "gemini",
  gemini_array: "gemini",
  gemini_json: "gemini",
  bedrock_converse: "bedrock-converse",
  ollama: "ollama",
  cohere: "cohere"
}

const load = (entry: Recordings.Recording, index: number): Recording => {
  const bytes = Recordings.bytesOf(entry)
  const speaks = entry.provider === "azure" ? "azure-openai" : speakers[entry.protocol]
  if (speaks === undefined) throw new Error(`${entry.file}: no protocol speaks ${entry.protocol}`)
  return {
    ...entry,
    route: `r${index}`,
    speaks,
    isWhole: Json.parseObject(bytes.toString()) !== undefined,
    bytes
  }
}

/** All of them, in the manifests' order. */
export const recordings: ReadonlyArray<Recording> = [...Recordings.all, ...Recordings.made].map(load)

const protocols = [...new Set(recordings.map((one) => one.speaks))]

/** A configuration with a provider for each protocol, all at one server, and a route for each recording. No attempt is made twice. */
export const configuration = (url: string): string => `
providers:
${protocols.map((id) => `  p-${id}: { protocol: ${id}, url: "${url}${id.startsWith("openai") ? "/v1" : ""}", keys: [k] }`).join("\n")}
policies:
  once: { from: recommended, attempts: 1, deadline: 10s }
routes:
${recordings.map(({ route, speaks }) => `  ${route}: { try: [p-${speaks}/${route}], policy: once }`).join("\n")}
`

const contentTypes: Partial<Readonly<Record<ProtocolId, string>>> = {
  "bedrock-converse": "application/vnd.amazon.eventstream",
  ollama: "application/x-ndjson"
}

/** Plays the recording that is asked for, by the model in the body or in the path, in pieces that cut characters in two. */
export const play = (request: { readonly path: string; readonly json: Json.JsonObject }): Step => {
  const model = Json.string(request.json["model"]) ?? /\/models?\/([^/:]+)/.exec(request.path)?.[1]
  const recording = recordings.find((one) => one.route === model)
  if (recording === undefined) return { status: 404, pieces: [`nothing recorded for ${model} at ${request.path}`] }
  return stepOf(recording)
}

/** The answer that a recording is, as far as `end`. */
export const stepOf = ({ bytes: all, isWhole, speaks }: Recording, end?: number): Step => {
  const bytes = all.subarray(0, end)
  const contentType = isWhole ? "application/json" : (contentTypes[speaks] ?? "text/event-stream")
  const size = Math.max(17, Math.ceil(bytes.length / 40))
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size)
  )
  return { headers: { "content-type": contentType }, pieces, framing: "chunked" }
}
