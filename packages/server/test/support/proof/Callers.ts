/**
 * Callers by the number: whole answers, streams, and some that hang up; and what each of them saw. Every call says its number in the
 * prompt (for the provider) and in its metadata (for the ledger).
 */
import { Agent, request } from "node:http"
import type { IncomingMessage } from "node:http"
import { lot } from "./Provider.ts"

export interface Told {
  readonly call: string
  /** `left`: hung up; `broken`: the connection ended before the answer did. */
  readonly outcome: "answered" | "failed" | "left" | "broken"
  /** Absent where no head came. */
  readonly id: string | undefined
  /** Epoch milliseconds. */
  readonly at: number
}

export interface Load {
  readonly url: string
  readonly from: number
  readonly count: number
  /** Callers at once. */
  readonly callers: number
  /** Stops early. */
  readonly isOver?: () => boolean
  /** Whether some hang up. */
  readonly leave: boolean
}

const bodyOf = (call: number): string =>
  JSON.stringify({
    model: "proof",
    stream: call % 3 === 0,
    messages: [{ role: "user", content: `call-${call}` }],
    orelse: { metadata: { n: String(call), run: `run-${call % 100}` } }
  })

const outcomeOf = (response: IncomingMessage, text: string): Told["outcome"] => {
  if (response.statusCode !== 200) return "failed"
  const isStream = response.headers["content-type"]?.startsWith("text/event-stream") === true
  return !isStream || text.includes("data: [DONE]") ? "answered" : "failed"
}

/** One call; never rejects. */
const once = (url: string, agent: Agent, call: number, leave: boolean): Promise<Told> =>
  new Promise((resolve) => {
    let id: string | undefined
    let hasLeft = false
    const tell = (outcome: Told["outcome"]) =>
      resolve({ call: String(call), outcome: hasLeft ? "left" : outcome, id, at: Date.now() })
    const headers = { "content-type": "application/json" }
    const sending = request(`${url}/v1/chat/completions`, { method: "POST", agent, headers }, (response) => {
      let text = ""
      id = response.headers["x-orelse-call-id"]?.toString()
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
      response.on("end", () => tell(outcomeOf(response, text)))
      // After a cut stream the connection just ends.
      response.on("error", () => tell(text === "" ? "broken" : "failed"))
    })
    sending.on("error", () => tell("broken"))
    sending.end(bodyOf(call))
    if (leave && call % 20 === 7)
      setTimeout(
        () => {
          hasLeft = true
          sending.destroy()
          tell("left")
        },
        lot(`leave ${call}`) / 5
      )
  })

/** Makes the calls, as fast as they are answered, and gives back what each caller was told. */
export const run = async (load: Load): Promise<ReadonlyArray<Told>> => {
  const agent = new Agent({ keepAlive: true, maxSockets: load.callers })
  const told: Array<Told> = []
  let next = load.from
  const caller = async () => {
    while (next < load.from + load.count && load.isOver?.() !== true)
      told.push(await once(load.url, agent, next++, load.leave))
  }
  await Promise.all(Array.from({ length: load.callers }, caller))
  agent.destroy()
  return told
}
