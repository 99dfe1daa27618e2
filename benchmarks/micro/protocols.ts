/**
 * What reading and writing a wire format costs: encode and decode by whole messages (per KB of body), and the reader per event. Every protocol
 * of the registry is measured, so a new one needs no line here.
 */
import { builtIn } from "@orelse/core/provider/protocols/builtIn"
import type { Protocol } from "@orelse/core/provider/Protocol"
import * as Result from "effect/Result"
import { formats } from "../../packages/server/test/support/Answers.ts"
import type { Format } from "../../packages/server/test/support/Answers.ts"
import { openAiBody } from "../lib/Payload.ts"
import type { Task } from "./Task.ts"

const kib = 32
const words = "the quick brown fox jumps over the lazy dog ".repeat(24)

const context = { model: "bench-model", stream: false, quirks: {} }

const messages = Array.from({ length: kib }, (_, index) => ({
  role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
  content: [{ type: "text" as const, text: words.slice(0, 1_000) }]
}))

/** A figure of something that failed would be no figure. */
const must = (protocol: Protocol, holds: boolean): void => {
  if (!holds) throw new Error(`micro: ${protocol.id} did not read or write what it should`)
}

/** An event as its framing hands it on: of SSE, of JSON lines, or (a name over its JSON) of Bedrock's binary frames. */
const eventOf = (text: string) => {
  if (text.startsWith("{")) return { event: undefined, data: text.trim() }
  const [, name, json] = /^(\w+)\n(\{.*)$/s.exec(text) ?? []
  if (json !== undefined) return { event: name, data: json }
  return { event: /^event: (.*)$/m.exec(text)?.[1], data: /^data: (.*)$/m.exec(text)?.[1] ?? "" }
}

const formatOf = (protocol: Protocol): Format | undefined =>
  protocol.id === "azure-openai"
    ? formats["openai-chat"]
    : Object.entries(formats).find(([id]) => id === protocol.id)?.[1]

const reading = (protocol: Protocol, format: Format): ReadonlyArray<Task> => {
  const stream = format.events(Array.from({ length: 500 }, (_, index) => ` word${index}`))
  const events = [...stream.head, ...stream.content, ...stream.tail].map(eventOf)
  const whole = format.whole(words.slice(0, 1_000).repeat(kib))
  const answer = JSON.stringify(whole)
  return [
    {
      name: `${protocol.id}: read, per event`,
      calls: events.length,
      run: () => {
        const reader = protocol.reader()
        for (const event of events)
          if (reader.read(event) === "malformed") throw new Error(`${protocol.id}: ${event.data}`)
      }
    },
    {
      name: `${protocol.id}: parse and decode an answer, per KB`,
      calls: kib,
      run: () => must(protocol, protocol.decode(JSON.parse(answer)) !== undefined)
    }
  ]
}

const writing = (protocol: Protocol): ReadonlyArray<Task> => {
  const text = openAiBody("bench-model", kib * 1_024, { messages: kib })
  return [
    {
      name: `${protocol.id}: encode a request, per KB`,
      calls: kib,
      run: () => must(protocol, Result.isSuccess(protocol.encode({ messages }, context)))
    },
    {
      name: `${protocol.id}: pass a request through, parse included, per KB`,
      calls: kib,
      run: () => protocol.passThrough(text, JSON.parse(text), context)
    }
  ]
}

/** All tasks of this file. */
export const tasks = (): Promise<ReadonlyArray<Task>> =>
  Promise.resolve(
    Object.values(builtIn).flatMap((protocol) => {
      const format = formatOf(protocol)
      return [...writing(protocol), ...(format === undefined ? [] : reading(protocol, format))]
    })
  )
