import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { ContextWindowExceeded, OutputLimitExceeded } from "../../src/domain/Reason.ts"
import type { Message, Request } from "../../src/domain/Request.ts"
import * as Repair from "../../src/target/Repair.ts"

const full = new ContextWindowExceeded({ message: "too long" })
const limit = (ceiling?: number) =>
  new OutputLimitExceeded({ message: "too much", ...(ceiling === undefined ? {} : { ceiling }) })

const text = (role: "system" | "user" | "assistant", words: string): Message => ({
  role,
  content: [{ type: "text", text: words }]
})
const toolCall = (id: string): Message => ({
  role: "assistant",
  content: [{ type: "toolCall", id, name: "look", arguments: '{"at":1}' }]
})
const result = (id: string, name?: string): Message => ({
  role: "tool",
  toolCallId: id,
  ...(name === undefined ? {} : { name }),
  content: [
    { type: "text", text: "seen" },
    { type: "image", url: "http://127.0.0.1/x" }
  ]
})

/** One letter a message. */
const letters = (messages: ReadonlyArray<Message>): string =>
  messages
    .map((message) => {
      if (message.role !== "assistant") return message.role[0]
      return message.content.some((part) => part.type === "toolCall") ? "c" : "a"
    })
    .join("")

const of = (word: string): ReadonlyArray<Message> =>
  word.split("").map((letter, index) => {
    if (letter === "c") return toolCall(String(index))
    if (letter === "t") return result(String(index - 1))
    return text(letter === "s" ? "system" : letter === "u" ? "user" : "assistant", String(index))
  })

const kept = (name: string, word: string): string | undefined => {
  const mended = Repair.apply(name, { messages: of(word) }, full)
  return mended && letters(mended.messages)
}

describe("clampMaxTokens", () => {
  const request: Request = { messages: [], maxTokens: 1000, temperature: 1 }

  it("lowers the limit to the ceiling that the provider named, and drops it where none below it is named", () => {
    assert.deepStrictEqual(Repair.apply("clampMaxTokens", request, limit(400)), { ...request, maxTokens: 400 })
    const dropped = { messages: [], temperature: 1 }
    for (const reason of [limit(), limit(1000), limit(2000), full]) {
      assert.deepStrictEqual(Repair.apply("clampMaxTokens", request, reason), dropped)
    }
    assert.deepStrictEqual(Repair.apply("dropMaxTokens", request, limit(400)), dropped)
  })

  it("changes nothing where there is no limit", () => {
    for (const name of ["clampMaxTokens", "dropMaxTokens"]) {
      assert.strictEqual(Repair.apply(name, { messages: [] }, limit(400)), undefined)
    }
  })
})

describe("truncateHistory", () => {
  it("drops the older half of the turns, and keeps system messages and the last turn", () => {
    for (const [before, after] of [
      ["uaua", "ua"],
      ["suauau", "su"],
      ["suauaua", "sua"],
      ["uauauaua", "uaua"],
      ["usausa", "susa"],
      ["auaua", "ua"],
      ["uuaua", "ua"]
    ] as const) {
      assert.strictEqual(kept("truncateHistory", before), after, before)
    }
  })

  it("changes nothing where there is one turn", () => {
    for (const word of ["", "s", "u", "sua", "uct", "uuca"])
      assert.strictEqual(kept("truncateHistory", word), undefined, word)
  })

  it.effect("keeps every tool call with its result, and begins with a user's message, in 500 conversations", () =>
    Effect.gen(function* () {
      for (let round = 0; round < 500; round++) {
        let word = (yield* Random.nextBoolean) ? "s" : ""
        const turns = yield* Random.nextIntBetween(2, 6)
        for (let turn = 0; turn < turns; turn++) {
          word += `u${"ct".repeat(yield* Random.nextIntBetween(0, 3))}${turn === turns - 1 ? "" : "a"}`
        }
        const after = kept("truncateHistory", word) ?? assert.fail(`${word} was not cut`)
        assert.match(after, /^s?u/, word)
        assert.notMatch(after, /c(?!t)|(?<!c)t/, word)
        assert.isTrue(word.endsWith(after.replace("s", "")) && after.length < word.length, `${word} became ${after}`)
        assert.strictEqual(after.includes("s"), word.includes("s"))
      }
    }).pipe(Random.withSeed("conversations"))
  )
})

describe("halveHistory", () => {
  it("drops the older half of the messages, whatever they are, but for system messages", () => {
    for (const [before, after] of [
      ["uaua", "ua"],
      ["suauau", "suau"],
      ["uct", "ct"],
      ["ua", "a"]
    ] as const) {
      assert.strictEqual(kept("halveHistory", before), after, before)
    }
    assert.strictEqual(kept("halveHistory", "su"), undefined)
  })
})

describe("describeTools", () => {
  const request: Request = {
    messages: [text("user", "hi"), text("assistant", "let me look"), toolCall("1"), result("1", "look"), result("2")],
    tools: [{ name: "look", description: "Looks around.", parameters: { type: "object" } }, { name: "wait" }],
    toolChoice: "auto",
    parallelToolCalls: true,
    maxTokens: 5
  }

  it("says in a system message which tools there are, and turns calls and results into text", () => {
    const mended = Repair.apply("describeTools", request, full)
    const said = (mended?.messages ?? []).map((message) => [
      message.role,
      message.content.map((part) => ("text" in part ? part.text : part.type)).join("")
    ])
    assert.deepStrictEqual(said, [
      [
        "system",
        'You can use these tools. To use one, answer with only a JSON object {"tool": NAME, "arguments": {...}}.\n' +
          '- look: Looks around. Arguments (JSON Schema): {"type":"object"}\n- wait:  Arguments (JSON Schema): {}'
      ],
      ["user", "hi"],
      ["assistant", "let me look"],
      ["assistant", '{"tool": "look", "arguments": {"at":1}}'],
      ["user", "Result of look: seen\n[image]"],
      ["user", "Result of 2: seen\n[image]"]
    ])
    const { messages: _, ...rest } = mended ?? request
    assert.deepStrictEqual(rest, { maxTokens: 5 })
  })

  it("changes nothing where there are no tools", () => {
    assert.strictEqual(Repair.apply("describeTools", { messages: [] }, full), undefined)
    assert.strictEqual(Repair.apply("describeTools", { messages: [], tools: [] }, full), undefined)
  })
})

describe("moveImages", () => {
  const image = { type: "image", mediaType: "image/png", data: "AAAA" } as const
  const note = { type: "text", text: "What it shows is in the user's next message." } as const
  const from = (id: string) => ({ type: "text", text: `From the result of ${id}:` }) as const
  const seen = { type: "text", text: "seen" } as const
  const tool = (id: string, content: ReadonlyArray<typeof image | typeof seen>, name?: string) => ({
    role: "tool" as const,
    toolCallId: id,
    content,
    ...(name === undefined ? {} : { name })
  })

  it("puts images of all results of a turn behind the last of them, each under its call", () => {
    const [one, two, three] = [tool("1", [seen, image], "look"), tool("2", [image, image]), tool("3", [seen])]
    const messages = [toolCall("1"), one, two, three]
    const mended = Repair.apply("moveImages", { messages, maxTokens: 5 }, full)
    assert.deepStrictEqual(mended, {
      maxTokens: 5,
      messages: [
        toolCall("1"),
        { ...one, content: [seen, note] },
        { ...two, content: [note] },
        three,
        {
          role: "user",
          content: [from("look (the tool call 1)"), image, from("the tool call 2"), image, image]
        }
      ]
    })
  })

  it("puts them in front of what the user says next, and before an answer of the assistant", () => {
    const question = { type: "text", text: "and?" } as const
    const messages = [
      tool("1", [image]),
      { role: "user" as const, content: [question] },
      tool("2", [image]),
      text("assistant", "ok")
    ]
    const roles = Repair.apply("moveImages", { messages }, full)?.messages.map(({ role }) => role)
    assert.deepStrictEqual(roles, ["tool", "user", "tool", "user", "assistant"])
    assert.deepStrictEqual(Repair.apply("moveImages", { messages }, full)?.messages[1]?.content, [
      from("the tool call 1"),
      image,
      question
    ])
  })

  it("changes nothing where no result holds one", () => {
    const messages = [tool("1", [seen]), { role: "user", content: [image] } as const]
    assert.strictEqual(Repair.apply("moveImages", { messages }, full), undefined)
  })
})

describe("Repair.apply", () => {
  it("changes nothing by a name that it does not know", () => {
    assert.strictEqual(Repair.apply("nonsense", { messages: of("uaua") }, full), undefined)
  })
})
