import { assert, describe, it } from "@effect/vitest"
import type { Streaming } from "@orelse/core/domain/Answer"
import * as LibraryCall from "@orelse/core/domain/LibraryCall"
import * as Request from "@orelse/core/domain/Request"
import * as CallState from "@orelse/core/target/CallState"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { dialect } from "../../src/dialects/OpenAiChat.ts"
import * as Reply from "../../src/http/Reply.ts"

const streaming: Streaming = {
  _tag: "Streaming",
  protocol: "gemini",
  run: () => Effect.void,
  isTerminated: () => true,
  lastContentAt: () => 0
}

describe("Reply", () => {
  it.effect("cuts a stream whose writer throws at its end: it is neither left open nor ended well", () =>
    Effect.gen(function* () {
      const request = Request.text("hi")
      const response = new ServerResponse(new IncomingMessage(new Socket()))
      const end = () => {
        throw new RangeError("Maximum call stack size exceeded")
      }
      const reply: Reply.Reply = {
        response,
        dialect: { ...dialect, writer: () => ({ write: () => "", end }) },
        served: {
          provider: "p",
          model: "m",
          credential: "c",
          attempts: 1,
          fellBack: false,
          wasRateLimited: false,
          repairs: []
        },
        state: CallState.make(yield* LibraryCall.make(request), 0, 0),
        clock: yield* Clock.Clock,
        passThrough: false,
        keepAlive: Duration.seconds(15),
        isSanitized: false,
        head: []
      }
      assert.strictEqual((yield* Effect.exit(Reply.send(reply, streaming)))._tag, "Failure")
      assert.isTrue(response.destroyed)
      assert.isFalse(response.writableEnded)
    })
  )
})
