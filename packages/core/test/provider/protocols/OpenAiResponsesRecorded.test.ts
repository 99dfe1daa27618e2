import { assert, describe, it } from "@effect/vitest"
import * as Json from "../../../src/domain/Json.ts"
import { protocol } from "../../../src/provider/protocols/OpenAiResponses.ts"
import * as Fold from "../fold.ts"
import * as Recorded from "../recorded.ts"

describe("openai-responses, as its speakers end a stream", () => {
  for (const recording of Recorded.of("responses")) {
    it(`reads the whole answer at the end of ${recording.file} as its pieces`, () => {
      const bytes = Recorded.bytes(recording)
      const events = bytes
        .toString()
        .split("\n")
        .flatMap((line) => (line.startsWith("data: {") ? [line.slice(6)] : []))
      const response = Json.object(Json.at(Json.parse(events.at(-1)!), "response"))!
      const answer = protocol.decode(response)
      assert.isDefined(answer)
      const whole = Fold.response(answer)
      const pieces = Fold.parts(Fold.read(protocol, bytes).parts)
      const { finishReason: _, error: __, rawFinishReason: ___, ...same } = pieces
      assert.deepStrictEqual({ ...whole, ...same }, { ...whole })
    })
  }
})
