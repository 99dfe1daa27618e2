/**
 * The one suite that every protocol runs: what a protocol must make of its own format's answers, and of every request.
 *
 * A protocol gives samples of its wire format; the laws are here. Where a format has no such thing (`"none"`), it says so.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Json from "../../src/domain/Json.ts"
import { Request } from "../../src/domain/Request.ts"
import { isContent, type FinishReason } from "../../src/domain/Response.ts"
import type { Protocol, WireEvent } from "../../src/provider/Protocol.ts"
import { mutants } from "../../src/testing/Mutants.ts"
import * as Fold from "./fold.ts"
import { cases, type CaseName } from "./requests.ts"

/** An answer in the wire format, whole and streamed, and what it folds to (only the fields that are named are compared). */
export interface Scenario {
  readonly whole?: Json.JsonObject
  /** All events, to the end. */
  readonly stream: ReadonlyArray<WireEvent>
  readonly expected: Partial<Fold.Folded>
}

export interface Samples {
  readonly protocol: Protocol
  /** Holds characters of two, three and four bytes. */
  readonly text: Scenario
  readonly tools: Scenario
  readonly parallelTools: Scenario
  /** Usage with cached tokens, and with reasoning tokens where the format has them. */
  readonly usage: Scenario
  readonly reasoning: Scenario | "none"
  readonly refusal: Scenario | "none"
  /** An answer that ends with a given word, and the words that the format knows. */
  readonly finish: { readonly with: (raw: string) => Scenario; readonly words: Readonly<Record<string, FinishReason>> }
  /** An error event, as the provider sends it in the place of an answer or in its middle. */
  readonly error: WireEvent
  /** An event of a kind that does not exist yet. */
  readonly unknownEvent: WireEvent
  /** How many of the last events of `text` may be missing from a stream that is whole none the less. */
  readonly dispensable: number
  /** The events as bytes; by default in the protocol's own framing. */
  readonly bytes?: (events: ReadonlyArray<WireEvent>) => Buffer
  /** The requests that the format cannot carry. */
  readonly unsupported: ReadonlyArray<CaseName>
  readonly model?: string
}

/** Runs the suite. */
export const conformance = (samples: Samples): void => {
  describe(`${samples.protocol.id} keeps the laws of every protocol`, () => {
    answers(samples)
    finishes(samples)
    failures(samples)
    leniency(samples)
    requests(samples)
    anyRequest(samples)
    passThrough(samples)
  })
}

const scenarios = ["text", "tools", "parallelTools", "usage", "reasoning", "refusal"] as const

/** The scenarios that the format has whole. */
const wholes = (samples: Samples) =>
  scenarios.flatMap((name) => {
    const scenario = samples[name]
    if (scenario === "none" || scenario.whole === undefined) return []
    return [{ name, body: scenario.whole, expected: scenario.expected }]
  })

const answers = (samples: Samples): void => {
  for (const name of scenarios) {
    const scenario = samples[name]
    if (scenario === "none") continue
    it(`reads a stream of ${name}`, () =>
      assert.deepStrictEqual(pick(stream(samples, scenario.stream), scenario.expected), scenario.expected))
    it(`says that a stream of ${name} ended by itself`, () =>
      assert.isTrue(readOf(samples, scenario.stream).isComplete))
  }

  for (const { body, expected, name } of wholes(samples)) {
    it(`reads a whole answer of ${name}`, () => assert.deepStrictEqual(pick(whole(samples, body), expected), expected))
  }

  it("reads usage of a whole answer without the rest of it", () => {
    const { whole: body, expected } = samples.usage
    assert.deepStrictEqual(body === undefined ? expected.usage : samples.protocol.usage(body), expected.usage)
  })

  it("numbers content blocks in order of appearance", () => {
    for (const name of scenarios) {
      const scenario = samples[name]
      if (scenario === "none") continue
      const indexes = readOf(samples, scenario.stream).parts.flatMap((part) => ("index" in part ? [part.index] : []))
      const appeared = [...new Set(indexes)]
      assert.deepStrictEqual(
        appeared,
        appeared.map((_, at) => at),
        name
      )
    }
  })

  it("begins a stream with who answers, once, before its content", () => {
    const { parts } = readOf(samples, samples.text.stream)
    assert.isAtMost(parts.filter((part) => part.type === "start").length, 1)
    const content = parts.findIndex(isContent)
    assert.isTrue(parts.findIndex((part) => part.type === "start") < content)
  })

  it("reads nothing into a body that is not an answer", () => {
    assert.isUndefined(samples.protocol.decode({}))
    assert.isUndefined(samples.protocol.decode({ hello: "world" }))
    assert.isUndefined(samples.protocol.usage({}))
  })
}

const finishes = (samples: Samples): void => {
  const { finish } = samples
  const strange = { "a-word-of-2031": "unknown", constructor: "unknown" } as const
  for (const [raw, reason] of Object.entries({ ...finish.words, ...strange })) {
    const scenario = finish.with(raw)
    it(`takes the finish reason ${raw} for ${reason}`, () => {
      const folded = stream(samples, scenario.stream)
      assert.strictEqual(folded.finishReason, reason)
      assert.strictEqual(folded.rawFinishReason, raw)
      if (scenario.whole === undefined) return
      assert.strictEqual(whole(samples, scenario.whole).finishReason, reason)
      assert.strictEqual(whole(samples, scenario.whole).rawFinishReason, raw)
    })
  }
}

const failures = (samples: Samples): void => {
  it("says of a stream cut anywhere before its end that it is not complete", () => {
    const events = samples.text.stream
    for (let kept = 0; kept < events.length - samples.dispensable; kept++) {
      assert.isFalse(readOf(samples, events.slice(0, kept)).isComplete, `after ${kept} of ${events.length} events`)
    }
  })

  it("gives back an error that comes first, as it came", () => {
    const read = readOf(samples, [samples.error])
    assert.strictEqual(Fold.parts(read.parts).error, samples.error.data)
    assert.isFalse(read.parts.some(isContent))
  })

  it("gives back an error in mid-stream, after the content before it", () => {
    const before = samples.text.stream.slice(0, -Math.max(1, samples.dispensable + 1))
    const folded = stream(samples, [...before, samples.error])
    assert.strictEqual(folded.error, samples.error.data)
    assert.strictEqual(folded.text, stream(samples, before).text)
  })

  it("calls an event malformed that is not JSON", () => {
    assert.strictEqual(
      samples.protocol.reader().read({ event: undefined, data: "<html>502 Bad Gateway</html>" }),
      "malformed"
    )
    assert.strictEqual(samples.protocol.reader().read({ event: undefined, data: '{"half":' }), "malformed")
  })
}

const novelty = { "x-new-in-2031": { nested: [1, null, "é"] } }

const leniency = (samples: Samples): void => {
  it("reads past fields that it does not know", () => {
    for (const name of scenarios) {
      const scenario = samples[name]
      if (scenario === "none") continue
      assert.deepStrictEqual(
        pick(stream(samples, scenario.stream.map(withNovelty)), scenario.expected),
        scenario.expected
      )
      if (scenario.whole !== undefined)
        assert.deepStrictEqual(
          pick(whole(samples, { ...scenario.whole, ...novelty }), scenario.expected),
          scenario.expected
        )
    }
  })

  it("reads past events that it does not know", () => {
    const [first, ...rest] = samples.text.stream
    assert.deepStrictEqual(
      pick(stream(samples, [first!, samples.unknownEvent, ...rest]), samples.text.expected),
      samples.text.expected
    )
  })

  it("reads the same wherever the network cuts, inside of characters too", () => {
    const bytes = bytesOf(samples, samples.text.stream)
    const once = Fold.read(samples.protocol, bytes)
    for (let cut = 1; cut < bytes.length; cut++) {
      assert.deepStrictEqual(Fold.read(samples.protocol, bytes, [cut]), once, `cut at ${cut}`)
    }
    const everywhere = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1)
    assert.deepStrictEqual(Fold.read(samples.protocol, bytes, everywhere), once)
  })

  it("throws at nothing that an event holds, whatever it holds", () => {
    for (const { body, before } of eventsOf(samples)) {
      for (const mutant of mutants(body)) {
        const reader = samples.protocol.reader()
        for (const event of before) reader.read(event)
        const read = reader.read({ ...before.at(-1), event: undefined, data: JSON.stringify(mutant) })
        assert.isTrue(read === "malformed" || Array.isArray(read))
      }
    }
  })

  it("throws at nothing that a whole answer holds, whatever it holds", () => {
    for (const { body } of wholes(samples)) {
      for (const mutant of mutants(body)) {
        const object = Json.object(mutant) ?? {}
        const answer = samples.protocol.decode(object)
        samples.protocol.usage(object)
        assert.isTrue(answer === undefined || Array.isArray(answer.content))
      }
    }
  })

  it("keeps no state from one stream to the next", () => {
    const alone = stream(samples, samples.tools.stream)
    stream(samples, samples.parallelTools.stream)
    assert.deepStrictEqual(stream(samples, samples.tools.stream), alone)
  })
}

/** Every event of every scenario that is JSON, with the events before it. */
const eventsOf = (samples: Samples) =>
  scenarios.flatMap((name) => {
    const scenario = samples[name]
    if (scenario === "none") return []
    return scenario.stream.flatMap((event, at) => {
      const body = Json.parse(event.data)
      return body === undefined ? [] : [{ body, before: scenario.stream.slice(0, at) }]
    })
  })

const withNovelty = (event: WireEvent): WireEvent => {
  const body = Json.parseObject(event.data)
  return body === undefined ? event : { ...event, data: JSON.stringify({ ...body, ...novelty }) }
}

const requests = (samples: Samples): void => {
  const model = samples.model ?? "model-x"
  for (const stream of [false, true]) {
    const context = { model, stream, quirks: {} }
    for (const name of Object.keys(cases) as Array<CaseName>) {
      const { needles, request } = cases[name]
      const refuses = samples.unsupported.includes(name)
      it(`${refuses ? "refuses" : "writes"} a request with ${name}${stream ? ", streamed" : ""}`, () => {
        const written = samples.protocol.encode(request, context)
        if (refuses) {
          assert.isTrue(Result.isFailure(written), "expected Unsupported")
          if (!Result.isFailure(written)) return
          assert.strictEqual(written.failure._tag, "Unsupported")
          assert.isNotEmpty(written.failure.feature ?? "")
          assert.isNotEmpty(written.failure.message)
          return
        }
        if (Result.isFailure(written)) return assert.fail(written.failure.message)
        const { body, path } = written.success
        const parsed = Json.parseObject(body)
        assert.isDefined(parsed, "the body is JSON")
        assert.isTrue(path.startsWith("/"))
        assert.isTrue(path.includes(model) || Json.at(parsed, "model") === model, "names the model")
        for (const needle of needles) assert.isTrue(JSON.stringify(parsed).includes(needle), `holds ${needle}`)
      })
    }
  }
}

const anyRequest = (samples: Samples): void => {
  it.prop(
    "writes or refuses any request at all, and throws at none",
    { request: Request },
    ({ request }) => {
      const written = samples.protocol.encode(request, { model: samples.model ?? "model-x", stream: true, quirks: {} })
      assert.isTrue(Result.isFailure(written) || Json.parseObject(written.success.body) !== undefined)
    },
    { arbitrary: { runs: 300 } }
  )
}

const passThrough = (samples: Samples): void => {
  it("passes a caller's own bytes through with nothing changed but what it must", () => {
    const untouched = `"zeta" :  12345678901234567890,"alpha":{"b":1,  "a":"orelse \\"model\\""},"unknown":[ ],"é":"\\u00e9"`
    const text = `{ "model" : "their-name",${untouched} , "orelse":{"timeout":5} }`
    const body = Json.parseObject(text)!
    const { orelse: _, ...own } = body
    const written = samples.protocol.passThrough(text, own, { model: "model-x", stream: false, quirks: {} })
    assert.isTrue(written.body.includes(untouched))
    assert.isFalse(written.body.includes('"orelse":'))
    assert.isFalse(written.body.includes("their-name"))
    assert.isTrue(Json.parseObject(written.body) !== undefined)
  })
}

const readOf = (samples: Samples, events: ReadonlyArray<WireEvent>): Fold.Read => {
  const read = Fold.read(samples.protocol, bytesOf(samples, events))
  assert.strictEqual(read.malformed, 0)
  return read
}

const stream = (samples: Samples, events: ReadonlyArray<WireEvent>): Fold.Folded =>
  Fold.parts(readOf(samples, events).parts)

const whole = (samples: Samples, body: Json.JsonObject): Fold.Folded => {
  const answer = samples.protocol.decode(body)
  assert.isDefined(answer)
  const read = samples.protocol.read?.(body)
  if (read !== undefined)
    assert.deepStrictEqual(
      [read.response(), read.usage, read.finishReason],
      [answer, answer.usage, answer.finishReason]
    )
  return Fold.response(answer)
}

/** The fields that are expected, so that the others need not be named. */
const pick = (folded: Fold.Folded, expected: Partial<Fold.Folded>): Partial<Fold.Folded> =>
  Object.fromEntries(Object.keys(expected).map((key) => [key, folded[key as keyof Fold.Folded]]))

const bytesOf = (samples: Samples, events: ReadonlyArray<WireEvent>): Buffer =>
  (samples.bytes ?? framed(samples.protocol))(events)

/** SSE or NDJSON; other framings are given by their samples. */
const framed =
  (protocol: Protocol) =>
  (events: ReadonlyArray<WireEvent>): Buffer => {
    const line = (event: WireEvent) =>
      `${event.event === undefined ? "" : `event: ${event.event}\n`}data: ${event.data}\n\n`
    return Buffer.from(
      events.map((event) => (protocol.framing === "ndjson" ? `${event.data}\n` : line(event))).join("")
    )
  }

/** An event whose data is this JSON. */
export const event = (body: Json.JsonObject, name?: string): WireEvent => ({ event: name, data: JSON.stringify(body) })
