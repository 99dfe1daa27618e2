import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { decoded } from "../layer/config/helpers.ts"

const text = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8")

describe("docs/configuration.md", () => {
  const examples = [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map((match) => match[1] ?? "")

  it("shows configurations that are valid as they stand", () => {
    assert.isAtLeast(examples.length, 4)
    for (const example of examples) decoded(example)
  })
  it("shows the whole file with every part that there is", () => {
    const config = decoded(examples[0] ?? "", { OPENAI_API_KEY: "a" })
    assert.deepStrictEqual([...config.routes.keys()], ["smart", "cheap"])
    assert.deepStrictEqual(
      config.notes.map((note) => note.path),
      ["providers.openai.keys[1]", "providers.anthropic.keys[0]", "providers.anthropic", "callers[0]", "telemetry"]
    )
  })
})
