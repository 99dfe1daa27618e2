import { assert, describe, it } from "@effect/vitest"
import * as Cooldown from "@orelse/core/policy/Cooldown"
import * as RetryPolicy from "@orelse/core/policy/RetryPolicy"
import * as Duration from "effect/Duration"
import { readFileSync } from "node:fs"

const text = readFileSync(new URL("../../../../docs/defaults.md", import.meta.url), "utf8")

/** The cells of every row of a table, without their code marks. */
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| field") && !line.startsWith("| after"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", ""))
  )

const said = (field: string) => rows.find(([name]) => name === field)?.[1]

const short = (duration: Duration.Duration): string => {
  const seconds = Duration.toSeconds(duration)
  return seconds < 1
    ? `${seconds * 1000} ms`
    : seconds <= 120
      ? `${seconds} s`
      : seconds < 3600
        ? `${seconds / 60} min`
        : `${seconds / 3600} h`
}

describe("docs/defaults.md", () => {
  it("has the numbers of the policy that is in force", () => {
    const { attempts, backoff, commit, deadline, retry, retryAfter, timeouts } = RetryPolicy.recommended
    assert.strictEqual(said("retry"), `last: ${retry.last}, others: ${retry.others}`)
    assert.strictEqual(said("attempts"), String(attempts))
    assert.strictEqual(said("deadline"), short(deadline))
    assert.strictEqual(said("backoff"), `${short(backoff.initial)}, doubled, at most ${short(backoff.cap)}`)
    assert.deepStrictEqual([backoff.growth, backoff.capAfterJitter], [{ exponential: 2 }, false])
    assert.deepStrictEqual<unknown>(said("jitter"), backoff.jitter)
    assert.strictEqual(said("retryAfter"), `up to ${short(retryAfter.cap)}, ${retryAfter.onExceed} beyond`)
    assert.strictEqual(said("its jitter"), `${retryAfter.jitter * 100} %, at most 1 s`)
    for (const clock of ["connect", "firstContent", "idle", "total"] as const)
      assert.strictEqual(said(`timeouts.${clock}`), short(timeouts[clock]))
    assert.strictEqual(
      said("commit"),
      `first content; after ${commit.maxEvents} events or ${short(commit.maxWait)} without`
    )
    assert.strictEqual(said("afterCommit"), RetryPolicy.recommended.afterCommit)
    assert.strictEqual(said("health"), RetryPolicy.recommended.health ? "on" : "off")
  })

  it("has every cooldown, and none that there is not", () => {
    const scopes = {
      credential: "the credential",
      credentialModel: "the credential, for this model",
      target: "the target",
      none: ""
    }
    const ordinals = ["", "1st", "2nd", "3rd"]
    const expected = Object.entries(Cooldown.recommended)
      .filter(([, { scope }]) => scope !== "none")
      .map(([tag, { after, base, max, scope }]) => [
        tag,
        scopes[scope],
        short(base),
        short(max),
        `${ordinals[after]} in a row`
      ])
    const written = rows.filter(([name = ""]) => name in Cooldown.recommended)
    assert.deepStrictEqual(
      written.map((row) => row.map((cell) => cell.replace("60 min", "1 h"))),
      expected
    )
  })
})
