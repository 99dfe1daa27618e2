/**
 * What reading and writing a wire format costs: encode and decode by whole messages (per KB of body), and the reader per event. Every protocol
 * that is there is measured: modules are found in the folder, so a new one needs no line here.
 */
import type { Protocol } from "@orelse/core/provider/Protocol"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { formats } from "../../packages/server/test/support/Answers.ts"
import type { Format } from "../../packages/server/test/support/Answers.ts"
import { root } from "../lib/Child.ts"
import { openAiBody } from "../lib/Payload.ts"
import type { Task } from "./Task.ts"

const directory = join(root, "packages", "core", "src", "provider", "protocols")
const kib = 32
const words = "the quick brown fox jumps over the lazy dog ".repeat(24)

const isProtocol = (value: unknown): value is Protocol =>
  typeof value === "object" && value !== null && "reader" in value && "encode" in value && "passThrough" in value

/** The protocols of the folder; none where it does not hold one yet. */
const find = async (): Promise<ReadonlyArray<Protocol>> => {
  const files = readdirSync(directory, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(".ts")
  )
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(join(directory, file.name)).href) as Promise<Record<string, unknown>>)
  )
  const found = modules.flatMap((module) => Object.values(module).filter(isProtocol))
  return [...new Map(found.map((protocol) => [protocol.id, protocol])).values()]
}

const context = { model: "bench-model", stream: false, quirks: {} }

const messages = Array.from({ length: kib }, (_, index) => ({
  role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
  content: [{ type: "text" as const, text: words.slice(0, 1_000) }]
}))

const eventOf = (text: string) => ({
  event: /^event: (.*)$/m.exec(text)?.[1],
  data: text.startsWith("{") ? text.trim() : (/^data: (.*)$/m.exec(text)?.[1] ?? "")
})

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
      run: () => protocol.decode(JSON.parse(answer))
    }
  ]
}

const writing = (protocol: Protocol): ReadonlyArray<Task> => {
  const text = openAiBody("bench-model", kib * 1_024, { messages: kib })
  return [
    { name: `${protocol.id}: encode a request, per KB`, calls: kib, run: () => protocol.encode({ messages }, context) },
    {
      name: `${protocol.id}: pass a request through, parse included, per KB`,
      calls: kib,
      run: () => protocol.passThrough(text, JSON.parse(text), context)
    }
  ]
}

/** All tasks of this file. */
export const tasks = async (): Promise<ReadonlyArray<Task>> =>
  (await find()).flatMap((protocol) => {
    const format = formatOf(protocol)
    return [...writing(protocol), ...(format === undefined ? [] : reading(protocol, format))]
  })
