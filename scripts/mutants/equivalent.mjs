/**
 * Mutants that no test can tell from the program, each with the reason: they are not sampled. `line` is the whole line of the file,
 * trimmed; `file` its end; either may be a pattern.
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
  },
  {
    file: "policy/presets/reliable.ts",
    line: "const list = [initial, ...Array.from({ length: Math.max(0, options.maxRetries - 1) }, () => highest)]",
    becomes: "+",
    why: "waits beyond the last retry are not waited for"
  },
  {
    file: "route/Resolve.ts",
    line: "const provider = slash < 0 ? familyProvider(names, model) : undefined",
    becomes: "<=",
    why: "no family begins with a slash"
  },
  {
    file: "route/Walk.ts",
    line: 'tools: [{ name: "look", description: "Looks around.", parameters: { type: "object" } }],',
    becomes: '""',
    why: "the request stands for any: what it says is sent to nobody"
  },
  {
    file: "policy/presets/failover.ts",
    line: "growth: { list: [Duration.millis(500), Duration.seconds(2)] },",
    becomes: "3",
    why: "of the 2 s: they are the cap as well"
  },
  {
    file: "policy/presets/reliable.ts",
    line: '"abort"',
    becomes: '""',
    why: "of the last action: a row in which nothing was possible ends as abort does"
  },
  {
    file: /policy\/presets\//,
    line: /"abort"\]/,
    was: '"abort"',
    becomes: '""',
    why: "of the last action: a row in which nothing was possible ends as abort does"
  },
  {
    file: "route/Circles.ts",
    line: "done.add(name)",
    becomes: ";",
    why: "it spares work only"
  },
  {
    file: "policy/presets/minimal.ts",
    line: 'retryAfter: { cap: RetryPolicy.unbounded, onExceed: "wait", rule: "instead", worded: false, jitter: 0 },',
    was: '"wait"',
    becomes: '""',
    why: "no wait is longer than a cap that is none"
  },
  {
    file: "route/Resolve.ts",
    line: "if (slash > 0 && slash < model.length - 1 && names.providers.has(model.slice(0, slash))) {",
    was: ">",
    becomes: ">=",
    why: "no provider has an empty name"
  },
  {
    file: "policy/presets/pool.ts",
    line: /onStatus\.length > 0/,
    was: ">",
    becomes: ">=",
    why: "a rule without statuses fits nothing"
  },
  {
    file: "route/Walk.ts",
    line: /role: "assistant"/,
    becomes: '""',
    why: "the request stands for any: what it says is sent to nobody"
  },
  {
    file: "route/Walk.ts",
    line: /^\{ role: "user"/,
    becomes: '""',
    why: "the request stands for any: what it says is sent to nobody"
  },
  {
    file: "policy/presets/minimal.ts",
    line: "capAfterJitter: false",
    becomes: "true",
    why: "it has neither a jitter nor a cap"
  },
  {
    file: "policy/presets/failover.ts",
    line: "initial: Duration.millis(500),",
    becomes: "501",
    why: "with a list of waits it is not used"
  },
  {
    file: "route/presets/failover.ts",
    line: '(Words.says(reason.message, [words.context]) || words.context.includes(reason.providerCode ?? ""))',
    was: '""',
    becomes: '"mutant"',
    why: "neither is one of the words"
  },
  {
    file: "policy/presets/failover.ts",
    line: "retry: { last: 2, others: 2 },",
    becomes: "3",
    why: "the list of waits has two, and ends the retries by itself"
  },
  {
    file: "policy/presets/chronicle.ts",
    line: 'waits: { scope: "call", first: false }',
    was: '"call"',
    becomes: '""',
    why: "of the sweep, which never waits"
  },
  {
    file: "route/presets/chronicle.ts",
    line: "const starts = randomOrder && members.length > 1 ? members.map((_, index) => index) : [0]",
    was: ">",
    becomes: ">=",
    why: "a circle of one is the same from everywhere"
  },
  {
    file: "policy/presets/failoverCooldowns.ts",
    line: "const share = (0.31 * hit) % 1",
    becomes: "1.31",
    why: "of a number only what is after the point counts"
  },
  {
    file: "route/explain/Shown.ts",
    line: 'case "Target":',
    was: '"Target"',
    becomes: '""',
    why: "of a target there is nothing more to visit"
  }
]
