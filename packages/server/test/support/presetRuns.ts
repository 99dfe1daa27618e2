/**
 * Black-box runs of routes: a gateway as a process of its own before a scripted provider on a real socket, and what a judge sees of each
 * run: who was asked with which key, how far apart, and how it ended. All runs go at once, each with providers of its own.
 */
import { assert } from "@effect/vitest"
import * as Json from "@orelse/core/domain/Json"
import { answer } from "./Answers.ts"
import { startProcess } from "./processes.ts"
import { silent } from "./Step.ts"
import * as Pulse from "./pulse.ts"
import * as ScriptedServer from "./ScriptedServer.ts"

/** One step for every request, or one after the other; the last is for all that follow. */
export type Answers = ScriptedServer.ScriptedStep | ReadonlyArray<ScriptedServer.ScriptedStep>

export interface Run {
  /**
   * The route as YAML. `$a` (keys `a1`, `a2`), `$b` (`b1`), `$c` (`c1`, Anthropic's protocol), `$slow` (`s1`, never answers; it
   * is given 250 ms), `$dead` (nothing listens there) and `$off` (its key is not set) stand for this run's own providers.
   */
  readonly route: string
  readonly a?: Answers
  readonly b?: Answers
  readonly c?: Answers
  /** More of the request. */
  readonly ask?: object
  /** Hangs up after so many milliseconds; what is seen is what a second and a half more brings. */
  readonly leavesAfterMs?: number
  /** Calls, one after the other. Default 1; the outcome is that of the last, with the requests of all. */
  readonly times?: number
}

export interface Outcome {
  readonly status: number
  readonly message: string
  readonly code: unknown
  /** What the model said, or the body as it came. */
  readonly text: string
  readonly retryAfter: string | null
  readonly shouldRetry: string | null
  /** `a/m` */
  readonly served: string
  readonly attempts: string | null
  readonly fellBack: string | null
  /** Every request that a provider saw, `key/model`. */
  readonly calls: ReadonlyArray<string>
  /** Milliseconds between them. */
  readonly gaps: ReadonlyArray<number>
  /** How much of each of them the machine may have taken for itself. */
  readonly lags: ReadonlyArray<number>
  readonly sent: ReadonlyArray<Json.Json | undefined>
}

/** Makes all runs. */
export const all = async <Name extends string>(
  runs: Readonly<Record<Name, Run>>
): Promise<Readonly<Record<Name, Outcome>>> => {
  const list = Object.entries<Run>(runs).map(([name, run], index) => ({ name, run, id: `r${index}x` }))
  const server = await ScriptedServer.start({ script: answerTo(new Map(list.map(({ id, run }) => [id, run]))) })
  const gateway = await startProcess(configuration(server.url, list))
  try {
    // Connections and code are warm first, so that the times are those of the waits.
    await Promise.all(list.map(() => ask(gateway.url, "warm/m", { route: "" })))
    const pulse = Pulse.start(() => ask(gateway.url, "warm/m", { route: "" }))
    const responses = await Promise.all(
      list.map(async ({ name, run, id }, index) => {
        await new Promise((resolve) => setTimeout(resolve, 10 * index))
        return { name, id, response: await asked(gateway.url, id, run) }
      })
    )
    await pulse.stop()
    return Object.fromEntries(
      responses.map(({ name, id, response }) => [name, outcome(response, server, id, pulse)])
    ) as Record<Name, Outcome>
  } finally {
    await gateway.close()
    await server.close()
  }
}

/**
 * Asserts the waits between the requests: exact ones, or from and to. They are off only by what a busy machine takes (a request that is seen
 * late makes the gap before it longer and the one after it shorter). A time-out counts from the sending, which comes before the arrival.
 */
export const spaced = (
  outcome: Outcome,
  waits: ReadonlyArray<number | readonly [low: number, high: number]>,
  { early = 3 }: { readonly early?: number } = {}
): void => {
  assert.strictEqual(outcome.gaps.length, waits.length, outcome.calls.join(" "))
  waits.forEach((wait, index) => {
    const [low, high] = typeof wait === "number" ? [wait, wait] : wait
    const [gap = 0, lag = 0] = [outcome.gaps[index], outcome.lags[index]]
    assert.isTrue(
      gap >= low - early - lag && gap <= high + 60 + 2 * lag,
      `wait ${index + 1} of ${outcome.gaps.join(", ")}: ${low}–${high}, with a lag of ${Math.round(lag)}`
    )
  })
}

/** For exchanges that a time-out ends. */
export const timedOut = { early: 50 }

const configuration = (url: string, list: ReadonlyArray<{ readonly run: Run; readonly id: string }>): string => {
  const providers = list.flatMap(({ id }) => [
    `  ${id}a: { protocol: openai-chat, url: "${url}/${id}/a/v1", keys: [a1, a2] }`,
    `  ${id}b: { protocol: openai-chat, url: "${url}/${id}/b/v1", keys: [b1] }`,
    `  ${id}c: { protocol: anthropic-messages, url: "${url}/${id}/c", keys: [c1] }`,
    `  ${id}slow: { protocol: openai-chat, url: "${url}/${id}/slow/v1", keys: [s1], timeouts: { firstContent: 250ms } }`,
    `  ${id}dead: { protocol: openai-chat, url: "http://127.0.0.1:1/v1", keys: [d1] }`,
    `  ${id}off: { protocol: openai-chat, url: "${url}/${id}/b/v1", keys: ["\${NO_SUCH_KEY}"] }`
  ])
  const warm = `  warm: { protocol: openai-chat, url: "${url}/warm/a/v1", keys: [] }`
  const routes = list.map(({ id, run }) => `  ${id}: ${run.route.replaceAll("$", id)}`)
  return ["providers:", warm, ...providers, "routes:", ...routes, "ledger: { store: none }"].join("\n")
}

/** `/r0x/a/v1/…`: run and provider. */
const place = (path: string): readonly [id: string, who: string] => {
  const [, id = "", who = ""] = path.split("/")
  return [id, who]
}

const answerTo = (runs: ReadonlyMap<string, Run>): ScriptedServer.ScriptedStep => {
  const taken = new Map<string, number>()
  return (request) => {
    const [id, who] = place(request.path)
    if (who === "slow") return silent
    const answers = id === "warm" ? answer() : (runs.get(id)?.[who as "a" | "b" | "c"] ?? { status: 500 })
    const steps = Array.isArray(answers) ? answers : [answers as ScriptedServer.ScriptedStep]
    const index = taken.get(`${id}${who}`) ?? 0
    taken.set(`${id}${who}`, index + 1)
    const step: ScriptedServer.ScriptedStep = steps[Math.min(index, steps.length - 1)]
    return typeof step === "function" ? step(request) : step
  }
}

const asked = async (url: string, id: string, run: Run): Promise<Response> => {
  let response = await ask(url, id, run)
  for (let times = 1; times < (run.times ?? 1); times++) response = await ask(url, id, run)
  return response
}

const outcome = (
  { headers, status, text }: Response,
  server: ScriptedServer.ScriptedServer,
  id: string,
  pulse: Pulse.Pulse
): Outcome => {
  const body = Json.parse(text)
  const seen = server.requests.filter((request) => place(request.path)[0] === id)
  const provider = headers.get("x-orelse-provider")?.slice(id.length)
  return {
    status,
    message: Json.string(Json.at(body, "error", "message")) ?? "",
    code: Json.at(body, "error", "code"),
    text: Json.string(Json.at(body, "choices", 0, "message", "content")) ?? text,
    retryAfter: headers.get("retry-after"),
    shouldRetry: headers.get("x-should-retry"),
    served: provider === undefined ? "" : `${provider}/${headers.get("x-orelse-model")}`,
    attempts: headers.get("x-orelse-attempts"),
    fellBack: headers.get("x-orelse-fell-back"),
    calls: seen.map(({ headers: sent, json }) => {
      const key = sent["x-api-key"] ?? sent["authorization"]?.replace("Bearer ", "")
      return `${String(key)}/${Json.string(Json.at(json, "model"))}`
    }),
    gaps: seen.slice(1).map((request, index) => Math.round(request.at - (seen[index]?.at ?? 0))),
    lags: seen.slice(1).map((request, index) => pulse.lag(seen[index]?.at ?? 0, request.at)),
    sent: seen.map((request) => request.json)
  }
}

interface Response {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const ask = async (url: string, model: string, run: Run): Promise<Response> => {
  const { leavesAfterMs } = run
  const answered = fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], ...run.ask }),
    ...(leavesAfterMs === undefined ? {} : { signal: AbortSignal.timeout(leavesAfterMs) })
  })
  if (leavesAfterMs !== undefined) {
    await answered.then(
      () => assert.fail("there was an answer"),
      () => new Promise((resolve) => setTimeout(resolve, 1500))
    )
    return { status: 0, headers: new Headers(), text: "" }
  }
  const response = await answered
  return { status: response.status, headers: response.headers, text: await response.text() }
}
