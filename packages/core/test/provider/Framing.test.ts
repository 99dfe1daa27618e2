import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Framing from "../../src/provider/Framing.ts"
import type { FramingId } from "../../src/provider/Protocol.ts"

const folder = join(import.meta.dirname, "../fixtures/streams")
const files = readdirSync(folder).filter((file) => file !== "manifest.json")

const framingOf = (file: string): FramingId =>
  file.endsWith(".bin") ? "aws-event-stream" : file.includes("ndjson") ? "ndjson" : "sse"

/** All frames of a stream whose bytes come in pieces that end at these offsets. */
const cut = (bytes: Buffer, framing: FramingId, offsets: ReadonlyArray<number>) => {
  const splitter = Framing.make(framing)
  const frames: Array<Framing.Frame> = []
  let from = 0
  for (const to of [...offsets, bytes.length]) {
    // A copy, as the network gives each piece its own memory.
    if (to > from) frames.push(...splitter.push(Buffer.from(bytes.subarray(from, to))))
    from = Math.max(from, to)
  }
  return [...frames, ...splitter.end()]
}

const events = (frames: ReadonlyArray<Framing.Frame>) =>
  frames.filter((frame) => frame.kind === "event").map(({ data, event }) => ({ data, event }))

const text = (input: string, framing: FramingId = "sse", offsets: ReadonlyArray<number> = []) =>
  cut(Buffer.from(input), framing, offsets)

describe("Framing", () => {
  for (const file of files) {
    const bytes = readFileSync(join(folder, file))
    const framing = framingOf(file)
    it.effect.prop(
      `cuts ${file} into the same events however it is split, and keeps every byte`,
      { cuts: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: bytes.length }))) },
      ({ cuts }) =>
        Effect.sync(() => {
          const frames = cut(
            bytes,
            framing,
            [...cuts].sort((a, b) => a - b)
          )
          assert.deepStrictEqual(events(frames), events(cut(bytes, framing, [])))
          const kept = Buffer.concat(frames.map(Framing.raw))
          assert.isTrue(kept.subarray(0, bytes.length).equals(bytes))
          // Only the blank line that a last event lacks is added.
          assert.match(kept.subarray(bytes.length).toString(), /^[\r\n]*$/)
        }),
      { arbitrary: { runs: 10 } }
    )
  }

  it("cuts byte by byte as it cuts at once", () => {
    for (const file of [
      "gemini-cut-crlf.txt",
      "openrouter-comments-text.txt",
      "anthropic-complete-legacy-crlf.txt",
      "bedrock-converse-text.bin"
    ]) {
      const bytes = readFileSync(join(folder, file))
      const every = Array.from({ length: bytes.length }, (_, index) => index)
      assert.deepStrictEqual(events(cut(bytes, framingOf(file), every)), events(cut(bytes, framingOf(file), [])), file)
    }
  })

  it("reads LF, CRLF and CR as line ends, also mixed", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      assert.deepStrictEqual(events(text(`event: a${end}data: 1${end}${end}data: 2${end}${end}data: 3${end}${end}`)), [
        { event: "a", data: "1" },
        { event: undefined, data: "2" },
        { event: undefined, data: "3" }
      ])
    }
  })

  it("joins several data lines, drops one space only, and skips a byte order mark", () => {
    assert.deepStrictEqual(events(text("\uFEFFdata:a\ndata:  b\n\n")), [{ event: undefined, data: "a\n b" }])
  })

  it("gives comments and empty blocks as comments", () => {
    assert.deepStrictEqual(
      text(": ping\n\n\n\ndata: x\n\n").map((frame) => frame.kind),
      ["comment", "comment", "event"]
    )
  })

  it("gives the last event although its blank line is missing, and a JSON tail without data:", () => {
    assert.deepStrictEqual(events(text('data: a\n\n{"error":{"code":503}}')), [
      { event: undefined, data: "a" },
      { event: undefined, data: '{"error":{"code":503}}' }
    ])
    assert.deepStrictEqual(events(text("data: a\n\ndata: b")), [
      { event: undefined, data: "a" },
      { event: undefined, data: "b" }
    ])
  })

  it("adds the blank line that the last event lacks, in its stream's line ends, and nothing to a whole stream", () => {
    for (const [input, missing] of [
      ["data: a\n\ndata: b", "\n\n"],
      ["data: a\n\ndata: b\n", "\n"],
      ["data: a\r\n\r\ndata: b\r\n", "\r\n"],
      ["data: a\r\rdata: b\r", "\r"],
      ["data: a\r\n\r\nid: 1\r\ndata: b", "\r\n\r\n"],
      ["data: a\n\n: comment\n\n", ""],
      ['data: a\n\n{"error":{}}', ""]
    ] as const) {
      assert.strictEqual(Buffer.concat(text(input).map(Framing.raw)).toString(), input + missing)
    }
  })

  it("takes events without data for comments, which keep a line awake", () => {
    const frames = text("data: \n\nevent: ping\ndata: \n\ndata:\n\ndata: é\n\ndata:\n\n")
    assert.deepStrictEqual(
      frames.map((frame) => frame.kind),
      ["comment", "comment", "comment", "event", "comment"]
    )
  })

  it("takes a field named error for an event of that name, as llama.cpp's server writes it", () => {
    assert.deepStrictEqual(events(text('data: 1\n\nerror: {"message":"boom"}\n\n')), [
      { data: "1", event: undefined },
      { data: '{"message":"boom"}', event: "error" }
    ])
  })

  it("reads JSON behind white space that came alone, and behind a byte order mark", () => {
    const found = [{ data: '{"a":1}', event: undefined }]
    for (const blank of ["\n\n \n", "\ufeff", "\ufeff\r\n"])
      for (const offsets of [[], [1], [1, 2, 3]])
        assert.deepStrictEqual(events(text(`${blank}{"a":1}\n`, "sse", offsets)), found)
    assert.deepStrictEqual(events(text('\n\ndata: {"a":1}\n\n', "sse", [1, 2])), found)
  })

  it("reads a JSON array or a lone object where a stream was announced", () => {
    assert.deepStrictEqual(events(text('[{"a":"}"},\r\n{"b":[{"c":1}]}]')), [
      { event: undefined, data: '{"a":"}"}' },
      { event: undefined, data: '{"b":[{"c":1}]}' }
    ])
    assert.deepStrictEqual(events(text('{"error":{"message":"\\"{"}}')), [
      { event: undefined, data: '{"error":{"message":"\\"{"}}' }
    ])
  })

  it("takes an event just within the limit, and refuses one beyond it without holding it", () => {
    const within = `data: ${"x".repeat(Framing.maxEventBytes - 100)}\n\n`
    assert.strictEqual(events(text(within)).at(0)?.data.length, Framing.maxEventBytes - 100)
    const splitter = Framing.make("sse")
    const piece = Buffer.from("x".repeat(1024 * 1024))
    const frames = [Buffer.from("data: "), ...Array.from({ length: 11 }, () => piece)].flatMap((chunk) =>
      splitter.push(chunk)
    )
    assert.strictEqual(frames[0]?.event, "orelse:too-large")
  })

  const lines = Array.from({ length: 60_000 }, (_, index) => `line ${index} `.repeat(8))
  for (const [what, framing, input] of [
    ["an event of many lines", "sse", `data: ${lines.join("\ndata: ")}\n\n`],
    ["an event of many lines with CRLF", "sse", `data: ${lines.join("\r\ndata: ")}\r\n\r\n`],
    ["an event of many lines that are not ASCII", "sse", `data: ä${lines.join("\ndata: ")}\n\n`],
    ["a JSON text of many lines", "sse", `[${JSON.stringify(lines, undefined, 1).replace("[", '{"a":[')}}]`],
    ["a line", "ndjson", `${JSON.stringify(lines)}\n`]
  ] as const) {
    it(`takes ${what} and megabytes in packets of a kilobyte without going over it again and again`, () => {
      const bytes = Buffer.from(input)
      assert.isAbove(bytes.length, 5 * 1024 * 1024)
      const packets = Array.from({ length: Math.floor(bytes.length / 1_400) }, (_, index) => (index + 1) * 1_400)
      const began = performance.now()
      const [frame] = events(cut(bytes, framing, packets))
      // A tenth of it here; going over it with each packet takes twenty seconds.
      assert.isBelow(performance.now() - began, 2_000)
      assert.include(frame?.data ?? "", "line 59999 ")
    })
  }

  it("says that an AWS message with a broken checksum is malformed", () => {
    const bytes = Buffer.from(readFileSync(join(folder, "bedrock-converse-text.bin")))
    bytes[20]! ^= 0xff
    assert.strictEqual(cut(bytes, "aws-event-stream", [])[0]?.event, "orelse:malformed")
  })
})
