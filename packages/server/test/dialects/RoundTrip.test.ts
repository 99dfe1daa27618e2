import { assert, describe, it } from "@effect/vitest"
import type { Request } from "@orelse/core/domain/Request"
import * as Json from "@orelse/core/domain/Json"
import type { Protocol } from "@orelse/core/provider/Protocol"
import * as AnthropicProtocol from "@orelse/core/provider/protocols/AnthropicMessages"
import * as OpenAiProtocol from "@orelse/core/provider/protocols/OpenAiChat"
import * as Result from "effect/Result"
import * as AnthropicMessages from "../../src/dialects/AnthropicMessages.ts"
import type { Dialect } from "../../src/dialects/Dialect.ts"
import * as OpenAiChat from "../../src/dialects/OpenAiChat.ts"
import * as Generated from "./generated.ts"

/** A dialect with the protocol of the same format, and a model that takes everything the format has. */
interface Format {
  readonly dialect: Dialect
  readonly protocol: Protocol
  readonly model: string
}

const openai: Format = { dialect: OpenAiChat.dialect, protocol: OpenAiProtocol.protocol, model: "gpt-x" }
const anthropic: Format = {
  dialect: AnthropicMessages.dialect,
  protocol: AnthropicProtocol.protocol,
  model: "claude-opus-4-6"
}
const formats = [openai, anthropic]

/** Out in a format, and in again. */
const through = (request: Request, { dialect, model, protocol }: Format): Request => {
  const written = protocol.encode(request, { model, stream: false, quirks: {} })
  if (Result.isFailure(written)) throw new Error(`${protocol.id} refused: ${written.failure.message}`)
  const read = dialect.request(Json.parseObject(written.success.body)!)
  if (Result.isFailure(read)) throw new Error(`${dialect.id} refused: ${read.failure.message}`)
  const { model: _, ...rest } = read.success
  return rest
}

/** As JSON has it: no minus zero. */
const plain = (request: unknown): Request => JSON.parse(JSON.stringify(request)) as Request

const runs = { arbitrary: { runs: 400 } }

describe("a request that every dialect can say", () => {
  for (const inbound of formats) {
    for (const outbound of formats) {
      it.prop(
        `is the same after ${inbound.dialect.id} in, ${outbound.protocol.id} out and in again`,
        { request: Generated.shared },
        ({ request }) => {
          const asked = through(plain(request), inbound)
          assert.deepStrictEqual(asked, plain(request))
          assert.deepStrictEqual(through(asked, outbound), asked)
        },
        runs
      )
    }
  }
})

describe("a request that only one dialect can say", () => {
  it.prop(
    "is the same after openai-chat out and in again",
    { request: Generated.openaiOnly },
    ({ request }) => assert.deepStrictEqual(through(plain(request), openai), plain(request)),
    runs
  )

  it.prop(
    "is the same after anthropic-messages out and in again",
    { request: Generated.anthropicOnly },
    ({ request }) =>
      assert.deepStrictEqual(through(plain(request), { ...anthropic, model: "claude-opus-4-5" }), plain(request)),
    runs
  )
})
