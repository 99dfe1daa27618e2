/**
 * Mutants that no test can tell from the program, each with the reason: they are not sampled. `line` is the whole line of the file, trimmed.
 */
export const equivalent = [
  {
    file: "route/strategy/Random.ts",
    line: "? Effect.succeed(Rotation.from(0, length))",
    becomes: "1",
    why: "a circle of one or none is the same from everywhere"
  },
  {
    file: "policy/presets/pool.ts",
    line: 'retryAfter: { ...RetryPolicy.recommended.retryAfter, rule: "ignored", jitter: 0 },',
    becomes: "1",
    why: "nothing is retried in place, so nothing waits"
  },
  {
    file: "policy/presets/failover.ts",
    line: 'on: Disposition.override(Disposition.same(["retry", "nextTarget", "abort"]), {',
    becomes: '""',
    why: "of the last action: a row in which nothing was possible ends as abort does"
  }
]
