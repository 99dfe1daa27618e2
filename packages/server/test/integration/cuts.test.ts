/**
 * Every recording, cut at event boundaries and within events, by a connection that ends or breaks: an official SDK that raises no error has all
 * of the answer.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import * as Gateway from "../support/gateway.ts"
import { readers } from "../support/readers.ts"
import { recordings, type Recording, stepOf } from "../support/replay.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"

/** Recordings that say STOP in pieces before the last: nothing in them tells a cut from the end. */
const saysStopTooSoon = ["gemini-error-raw-tail.txt", "gemini-recitation.txt", "gemini-unknown-finish-enum.txt"]

const streams = recordings.filter(
  ({ file, isWhole, protocol, unread_by_own_client: isUnread }) =>
    !isWhole && isUnread !== true && protocol !== "anthropic_complete" && !saysStopTooSoon.includes(file)
)

/** Some line ends, places behind them, and the last bytes. */
const cutsOf = ({ bytes }: Recording): ReadonlyArray<number> => {
  const ends: Array<number> = []
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) ends.push(at + 1)
  const some = [1, 2, 3, 4].map((part) => ends[Math.floor((ends.length * part) / 5)] ?? Math.floor(bytes.length / part))
  return [...some, some[1]! + 9, bytes.length - 3, bytes.length - 20].filter((cut) => cut < bytes.length)
}

const jobs = streams.flatMap((recording) =>
  cutsOf(recording).flatMap((cut, at) =>
    (["end", "reset"] as const).map((how) => ({ recording, cut, how, name: `${recording.route}-${at}-${how}` }))
  )
)

type Job = (typeof jobs)[number]

const byName = new Map(jobs.map((job) => [job.name, job]))

const configuration = (url: string): string => `
providers:
${[...new Set(streams.map(({ speaks }) => speaks))]
  .map((id) => `  p-${id}: { protocol: ${id}, url: "${url}${id.startsWith("openai") ? "/v1" : ""}", keys: [k] }`)
  .join("\n")}
policies:
  once: { from: recommended, attempts: 1, deadline: 10s }
routes:
${jobs.map(({ name, recording }) => `  ${name}: { try: [p-${recording.speaks}/${name}], policy: once }`).join("\n")}
`

describe("recordings of real providers, cut on their way through the gateway", () => {
  let server: ScriptedServer.ScriptedServer
  let gateway: Gateway.TestGateway

  beforeAll(async () => {
    server = await ScriptedServer.start({
      script: (request) => {
        const name = Json.string(request.json["model"]) ?? /\/(?:models?|deployments)\/([^/:]+)/.exec(request.path)?.[1]
        const { cut, how, recording } = byName.get(name ?? "")!
        const step = stepOf(recording, cut)
        return how === "end" ? step : { ...step, fault: { kind: "reset", after: step.pieces?.length ?? 0 } }
      }
    })
    gateway = await Gateway.start(configuration(server.url))
  })
  afterAll(async () => {
    await gateway.close()
    await server.close()
  })

  /** Whether the caller was told of an error; where it was not, it has all. */
  const isRaised = async ({ name, recording }: Job, at: number): Promise<boolean> => {
    const { expected } = recording
    const reader = readers[at % readers.length]!
    const told = await reader.stream(gateway.url, name)
    if (told.error !== undefined) return true
    assert.notStrictEqual(expected.truncated, true, `${name} to ${reader.dialect}`)
    assert.include(told.text, expected.text, `${name} to ${reader.dialect}`)
    assert.strictEqual(told.reasoning, expected.reasoning)
    assert.strictEqual(told.toolCalls.length, expected.tool_calls.length)
    return false
  }

  for (const { file, route } of streams) {
    it(`${file} raises an error in every SDK, or has come whole`, async () => {
      const own = jobs.filter(({ recording }) => recording.route === route)
      const raised = await Promise.all(own.map(isRaised))
      assert.include(raised, true)
    })
  }
})
