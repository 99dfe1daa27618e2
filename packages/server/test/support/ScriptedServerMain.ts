/**
 * A scripted server as its own process: `node ScriptedServerMain.ts [--port N]`. It prints its URL, answers every format, and is told
 * over HTTP what to do next: `PUT /__script` with a list of steps (JSON; `Step`, or `{"say": Said, "with": Step}` for an answer in
 * the caller's format), `GET /__requests`, `DELETE /__requests`.
 */
import { parseArgs } from "node:util"
import { answer } from "./Answers.ts"
import type { Said } from "./Answers.ts"
import { start } from "./ScriptedServer.ts"
import type { RecordedRequest, ScriptedServer, ScriptedStep } from "./ScriptedServer.ts"
import { json } from "./Step.ts"
import type { Extra, Step } from "./Step.ts"

type Entry = Step | { readonly say: Said; readonly with?: Extra }

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } })

let script: Array<ScriptedStep> = []

const toStep = (entry: Entry): ScriptedStep => ("say" in entry ? answer(entry.say, entry.with) : entry)

const control = (server: ScriptedServer, request: RecordedRequest): Step => {
  if (request.method === "PUT") {
    script = (JSON.parse(request.body) as ReadonlyArray<Entry>).map(toStep)
    return json({ steps: script.length })
  }
  if (request.method === "DELETE") server.forget()
  const seen = server.requests.filter((one) => !one.path.startsWith("/__"))
  return json(JSON.stringify({ open: server.openRequests - 1, connections: server.openConnections, requests: seen }))
}

const server: ScriptedServer = await start({
  port: Number(values.port),
  script: (request) => {
    if (request.path.startsWith("/__")) return control(server, request)
    const step = script.shift() ?? answer()
    return typeof step === "function" ? step(request) : step
  }
})
process.stdout.write(`${server.url}\n`)
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void server.close().then(() => process.exit(0)))
