import { assert, describe, it } from "@effect/vitest"
import { decoded, problem, problems } from "./helpers.ts"

describe("a file that cannot be read as YAML", () => {
  it("is refused with line and column of the mistake", () => {
    assert.match(problem("a: b: c\n"), /^orelse\.yaml:1:4: found a syntax error: Nested mappings/)
    assert.match(
      problems("server: { host: 'a\n")[0] ?? "",
      /^orelse\.yaml:\d+:\d+: found a syntax error: Missing closing 'quote/
    )
  })
  it("is refused where a list holds a reference without quotes, with a hint", () => {
    assert.match(problems("providers: { openai: { keys: [ ${KEY} ] } }").join("\n"), /write a reference in quotes/)
  })
  it("is refused where it is empty, and where it holds only comments", () => {
    const expected =
      'orelse.yaml:1:1: found nothing: the file is empty; expected a configuration, at least "{}" (every key is optional), or no file at all'
    assert.strictEqual(problem(""), expected)
    assert.strictEqual(problem("# nothing\n"), expected)
  })
  it("is refused where a key stands twice, at the second one", () => {
    assert.strictEqual(
      problem("server:\n  port: 1\n  port: 2\n"),
      'orelse.yaml:3:3: server.port: found a second key "port"; expected each key once'
    )
    assert.deepStrictEqual(
      problems('routes:\n  5: demo/a\n  "5": demo/b\n  a b: demo/a\n  "a b": demo/b\n').map(
        (line) => line.split(";")[0]
      ),
      ['orelse.yaml:3:3: routes.5: found a second key "5"', 'orelse.yaml:5:3: routes."a b": found a second key "a b"']
    )
    decoded("routes: { a: &a { try: [demo/a] }, b: &b { deadline: 1s, try: [a] }, c: { <<: *a, <<: *b } }")
  })
  it.each(["a: &a [*a]\n", "server: &s { host: &h x, port: *s }\n", "a: &a { <<: *a }\n"])(
    "is refused where an alias stands within what it stands for: %j",
    (text) => {
      assert.match(problem(text), /found an alias within what it stands for; expected an anchor that ends before/)
    }
  )

  it.each([
    [
      "ledger: { store: postgres, url: nope }",
      /ledger\.url: found no URL of it; expected a url, such as postgres:\/\//
    ],
    [
      'ledger: { store: postgres, url: "mysql://h/d" }',
      /ledger\.url: found no URL of it; expected a url, such as postgres/
    ],
    [
      "state: { store: redis, url: nope }",
      /state\.url: found no URL of it; expected a url, such as redis:\/\/host:6379/
    ],
    [
      'state: { store: redis, url: "http://planted@h" }',
      /state\.url: found no URL of it; expected a url, such as redis/
    ],
    [
      'state: { store: redis, url: "redis://:planted@h:6379/orelse" }',
      /state\.url: found a database that is no number; expected a url, such as redis/
    ],
    [
      'state: { store: redis, url: "rediss://:plan%ted@h:6379/0" }',
      /state\.url: found a % that is not written %25; expected a url, such as redis/
    ],
    [
      'ledger: { store: postgres, url: "postgres://u:plan%ted@h/d" }',
      /ledger\.url: found a % that is not written %25; expected a url, such as postgres/
    ],
    ["telemetry: { otlp: banana }", /telemetry\.otlp: found no URL; expected the http:\/\/ or https:\/\/ URL/],
    ['providers: { openai: { headers: { "bad header": x } } }', /found no name of a header; expected letters/],
    [
      'providers: { openai: { headers: { content-length: "5" } } }',
      /found a header that the exchange itself writes; expected/
    ],
    ["providers: { openai: { headers: { Host: x } } }", /found a header that the exchange itself writes; expected/],
    [
      'providers: { openai: { auth: { header: "bad name" } } }',
      /auth\.header: found no name of a header; expected letters/
    ],
    [
      "providers: { openai: { auth: { header: Connection } } }",
      /auth\.header: found a header that the exchange itself/
    ],
    [
      'providers: { openai: { auth: { query: "a&b" } } }',
      /auth\.query: found no name of a parameter; expected letters/
    ],
    ['telemetry: { headers: { "bad header": x } }', /telemetry\.headers\..*: found no name of a header; expected/],
    [
      'server: { adminKey: "a b" }',
      /server\.adminKey: found a key with spaces or characters that no key has; expected/
    ],
    ['callers: [{ name: a, key: "a b" }]', /callers\[0\]\.key: found a key with spaces or characters that no/],
    ['callers: [{ name: a, key: " " }]', /callers\[0\]\.key: found an empty text; expected a key/],
    ['server: { adminKey: " " }', /server\.adminKey: found an empty text; expected a key/],
    ['providers: { openai: { headers: { ok: "a\\nb" } } }', /found text that no header takes; expected ASCII/]
  ])("is refused where nothing could be sent: %s", (text, said) => {
    assert.match(problem(text), said)
  })

  it("is refused where a text is empty that must not be, also where it may be a secret", () => {
    assert.match(problem('server: { adminKey: "" }'), /server\.adminKey: found an empty text; expected text/)
  })

  it("is refused where a reference has no end, saying how a plain one is written, and without the text", () => {
    const said = /found "\$\{" that begins no reference; expected a reference such as .* write \$\$\{$/
    for (const text of [
      'providers: { openai: { keys: ["${OPENAI_API_KEY"] } }',
      'server: { port: "${PORT" }',
      'callers: [{ name: a, key: "planted${1}" }]'
    ]) {
      assert.match(problem(text), said)
      assert.notInclude(problem(text), "planted")
    }
    decoded('callers: [{ name: a, key: "$${K" }]')
  })

  it("is refused where it has two documents", () => {
    assert.match(problem("server: {}\n---\nserver: {}\n"), /a second document after "---"; expected one document/)
  })

  it("is refused where an alias has no anchor", () => {
    assert.strictEqual(
      problem("server: {}\nroutes:\n  a: *missing\n"),
      'orelse.yaml:3:6: routes.a: found an alias ("*…") that no anchor before it sets; expected an anchor that is set first ("&…"); text that begins with "*" stands in quotes'
    )
    // It may be a secret that was meant as text.
    assert.notInclude(problem("server: { adminKey: *hunter2 }"), "hunter2")
    assert.deepStrictEqual(
      problems("routes: { a: { <<: *z }, b: [*z] }\n").map((line) => line.replace(/: found.*/, "")),
      ['orelse.yaml:1:20: routes.a."<<"', "orelse.yaml:1:30: routes.b[0]"]
    )
    assert.match(problem("callers: [{ name: a, routes: [*] }]"), /text that begins with "\*" stands in quotes$/)
  })
  it("is refused where it is a list or a text", () => {
    assert.strictEqual(problem("- a\n"), "orelse.yaml:1:1: found a list; expected an object")
    assert.strictEqual(problem("hello\n"), 'orelse.yaml:1:1: found "hello"; expected an object')
  })
})

describe("a key or value that the file may not hold", () => {
  it("is an unknown key, with the nearest known one", () => {
    assert.strictEqual(
      problem("serevr:\n  port: 1\n"),
      'orelse.yaml:1:1: serevr: found the unknown key "serevr"; expected one of $schema, server, providers, routes, policies, callers, ledger, state, telemetry, failures; did you mean "server"?'
    )
  })
  it("is an unknown key also where nothing stands below it", () => {
    assert.match(
      problem("polcies:\n"),
      /^orelse\.yaml:1:1: polcies: found the unknown key .*did you mean "policies"\?$/
    )
  })
  it("is a port that is no port", () => {
    const expected = "expected a port from 0 to 65535"
    assert.strictEqual(problem("server: { port: 70000 }"), `orelse.yaml:1:17: server.port: found 70000; ${expected}`)
    assert.strictEqual(problem("server: { port: x }"), `orelse.yaml:1:17: server.port: found "x"; ${expected}`)
    assert.strictEqual(problem("server: { port: 1.5 }"), `orelse.yaml:1:17: server.port: found 1.5; ${expected}`)
    assert.strictEqual(problem("server: { port: }"), `orelse.yaml:1:17: server.port: found nothing; ${expected}`)
  })
  it("is a host that no machine has as its address: a URL, one with a port, one in brackets", () => {
    for (const host of ["http://0.0.0.0", "0.0.0.0:4100", "localhost:4100", "[::1]", "a b", "10.0.0.0/8", "me@host"])
      assert.strictEqual(
        problem(`server: { host: "${host}" }`),
        `orelse.yaml:1:17: server.host: found "${host}"; expected an address of this machine alone, such as 127.0.0.1, ::1 or 0.0.0.0 for every one`
      )
    for (const host of ["localhost", "127.1", "::1", "::", "fe80::1%eth0", "gateway-1.internal."])
      assert.strictEqual(decoded(`server: { host: "${host}" }`).server.host, host)
  })
  it("is a duration, a size or a rate without its unit", () => {
    assert.match(
      problem("server: { drainTimeout: 30 }"),
      /found 30; expected a duration such as 200ms, 5s, 2m, 1h or 30d$/
    )
    assert.match(problem("server: { maxBodySize: 32mb }"), /found "32mb"; expected a size such as/)
    assert.match(
      problem("providers: { openai: { limits: { requests: 5 } } }"),
      /found 5; expected a rate such as 500\/min/
    )
    assert.match(problem("providers: { openai: { limits: { requests: 0/min } } }"), /found "0\/min"; expected a rate/)
  })
  it("is a size of nothing, with which no call would ever be taken", () => {
    for (const size of ["0B", "0.0MiB", "0.5B"])
      assert.strictEqual(
        problem(`server: { maxBodySize: ${size} }`),
        `orelse.yaml:1:24: server.maxBodySize: found "${size}"; expected a size such as 64KiB, 32MiB or 1GiB, at least 1B`
      )
    assert.strictEqual(decoded("server: { maxBodySize: 1B }").server.maxBodySize, 1)
  })
  it("is attempts below 1", () => {
    assert.strictEqual(
      problem("policies: { p: { attempts: 0 } }"),
      "orelse.yaml:1:28: policies.p.attempts: found 0; expected a whole number of at least 1"
    )
    assert.match(problem("routes: { r: { try: [demo/a], attempts: 0 } }"), /routes\.r\.attempts: found 0/)
  })
  it("is a word that is nearly one of the known words", () => {
    assert.match(
      problem("routes: { r: { balance: weigthed, across: [demo/a] } }"),
      /routes\.r\.balance: found "weigthed"; expected one of priority, weighted, .*; did you mean "weighted"\?$/
    )
  })
  it("is a field of { to, on } that is misspelt or left out, and one of a form that stands in its place", () => {
    const said = (orElse: string) =>
      problems(`routes: { a: { try: [demo/a], orElse: ${orElse} } }`).map((line) => line.replace(/^.*?: /, ""))
    const fields = "expected one of to, on"
    assert.deepStrictEqual(said("{ too: demo/b, on: [RateLimited] }"), [
      'routes.a.orElse: found no "to"; expected "to"',
      `routes.a.orElse.too: found the unknown key "too"; ${fields}; did you mean "to"?`
    ])
    assert.deepStrictEqual(said("{ too: demo/b }"), [
      'routes.a.orElse: found no "to"; expected "to"',
      'routes.a.orElse: found no "on"; expected "on"',
      `routes.a.orElse.too: found the unknown key "too"; ${fields}; did you mean "to"?`
    ])
    assert.deepStrictEqual(said("{ to: demo/b }"), ['routes.a.orElse: found no "on"; expected "on"'])
    assert.deepStrictEqual(said("{ on: [RateLimited] }"), ['routes.a.orElse: found no "to"; expected "to"'])
    assert.deepStrictEqual(said("{ to: demo/b, on: [RateLimited], off: 1 }"), [
      `routes.a.orElse.off: found the unknown key "off"; ${fields}`
    ])
    assert.deepStrictEqual(said("{ try: [] }"), [
      "routes.a.orElse.try: found an empty list; expected a list that is not empty"
    ])
    assert.match(
      said("{ try: [demo/b], polic: p }")[0] ?? "",
      /^routes\.a\.orElse\.polic: .*; did you mean "policy"\?$/
    )
    assert.match(
      said("{ preset: minimall, target: demo/b }")[0] ?? "",
      /found "minimall"; .* did you mean "minimal"\?$/
    )
    assert.deepStrictEqual(said("{ preset: minimal }"), ['routes.a.orElse: found no "target"; expected "target"'])
    for (const [wrong, found] of [
      ["{}", "an empty object"],
      ["5", "5"]
    ] as const)
      assert.deepStrictEqual(said(wrong), [
        `routes.a.orElse: found ${found}; expected a target ("provider/model"), a route's name, a list of them, an object with "try", "balance" or "preset", or { to, on }`
      ])
  })
  it("is a failure rule with a reason, a status or a pattern that there is not", () => {
    const rule = (fields: string) => `failures: { rules: [{ id: a, ${fields} }] }`
    assert.match(
      problem(rule("when: {}, reason: RateLimitd")),
      /rules\[0\]\.reason: found "RateLimitd"; expected one of RateLimited, .*; did you mean "RateLimited"\?$/
    )
    assert.match(
      problem(rule("when: { status: [7xx] }, reason: Overloaded")),
      /status\[0\]: found "7xx"; expected one of 4xx, 5xx, a number/
    )
    assert.match(
      problem(rule("when: { pattern: '(a+)+' }, reason: Overloaded")),
      /pattern: found "\(a\+\)\+"; expected a regular expression/
    )
    assert.match(problem(rule("when: { txt: [x] }, reason: Overloaded")), /the unknown key "txt".*did you mean "text"/)
    assert.match(
      problem("failures: { rules: [{ id: a, when: {}, reason: Overloaded }, { id: a, when: {}, reason: Conflict }] }"),
      /rules\[1\]\.id: found a second rule "a"; expected an id of its own/
    )
  })
  it("never shows the text of a key", () => {
    const text = problems('providers: { openai: { keys: "sk-secret-1", headers: { x: [sk-secret-2] } } }').join("\n")
    assert.notInclude(text, "secret")
    assert.match(text, /providers\.openai\.keys: found text; expected a list/)
    assert.match(problem("callers: [{ name: a, key: 123456 }]"), /key: found a number without quotes; expected text$/)
  })
  it("never shows a key that stands where a name should", () => {
    const key = "sk-proj-1234567890abcdefghij"
    for (const text of [
      `providers: { openai: { ${key} } }`,
      `providers: { ${key}: {} }`,
      `providers: { openai: { ${key}, ${key} } }`,
      `routes: { a: [${key}] }`,
      `callers: [{ name: a, orl_${"a1".repeat(22)} }]`
    ]) {
      const found = problems(text).join("\n")
      assert.include(found, "[REDACTED]")
      assert.notMatch(found, /1234567890|a1a1/)
    }
  })
  it("is reported together with all others, in the order of the file", () => {
    const found = problems(
      [
        "server:",
        "  prot: 1",
        "providers:",
        "  mine: { protocol: opeani-chat, url: http://127.0.0.1:1/v1 }",
        "routes:",
        "  a: { try: [mine/x, elsewhere/y], polcy: p }",
        "  b: { balance: weighted, across: [] }",
        "policies:",
        "  p: { on: { RateLimitd: [retry] , Overloaded: [retri] } }"
      ].join("\n")
    )
    assert.deepStrictEqual(
      found.map((line) => line.replace(/; expected.*?(?=; did you mean|$)/, "")),
      [
        'orelse.yaml:2:3: server.prot: found the unknown key "prot"; did you mean "port"?',
        'orelse.yaml:4:21: providers.mine.protocol: found "opeani-chat"; did you mean "openai-chat"?',
        'orelse.yaml:6:22: routes.a.try[1]: found "elsewhere/y", and no provider "elsewhere"',
        'orelse.yaml:6:36: routes.a.polcy: found the unknown key "polcy"; did you mean "policy"?',
        "orelse.yaml:7:35: routes.b.across: found an empty list",
        'orelse.yaml:9:14: policies.p.on.RateLimitd: found the unknown key "RateLimitd"; did you mean "RateLimited"?',
        'orelse.yaml:9:49: policies.p.on.Overloaded[0]: found "retri"; did you mean "retry"?'
      ]
    )
  })
})

describe("a name with control characters, which a terminal obeys and no caller can send", () => {
  const mine = (fields: string) => `providers: { mine: { protocol: openai-chat, url: 'http://h/v1', ${fields} } }`
  it.each([
    ['callers: [{ name: "a\\e[31m" }]', String.raw`callers[0].name: found "a\u001b[31m"`],
    ['callers: [{ name: "a\\n" }]', String.raw`callers[0].name: found "a\n"`],
    ['routes: { "a\\e[31m": demo/echo }', String.raw`routes."a\u001b[31m": found "a\u001b[31m"`],
    ['routes: { a: ["demo/a\\tb"] }', String.raw`routes.a[0]: found "demo/a\tb"`],
    ['policies: { "p\\u0085": { from: recommended } }', `policies."p\u0085": found "p\u0085"`],
    ['providers: { "p\\e": { protocol: openai-chat, url: "http://h/v1" } }', String.raw`providers."p\u001b": found`],
    [mine('keys: [{ name: "k\\e", value: secret-key }]'), String.raw`providers.mine.keys[0].name: found "k\u001b"`],
    [mine('models: { "m\\e": { inputPrice: 1 } }'), String.raw`providers.mine.models."m\u001b": found "m\u001b"`]
  ])("is refused in %s", (text, found) => {
    const said = problem(text)
    assert.include(said, found)
    assert.match(said, /; expected a name without line ends and other control characters$/)
  })
  it("is refused where a variable brings them", () => {
    const said = problems('callers: [{ name: "${TEAM}" }]', { TEAM: "a\u001b[31m" }).join("\n")
    assert.include(said, String.raw`callers[0].name: found "a\u001b[31m"`)
  })
  it("is none of other letters, blanks and signs", () => {
    const text = 'routes: { "smart one ✓": demo/a b }\ncallers: [{ name: "Ada, 模型", routes: ["smart one ✓"] }]'
    assert.deepStrictEqual([...decoded(text).routes.keys()], ["smart one ✓"])
  })
})

describe("a name that leads nowhere", () => {
  it("is a provider in a route, with the nearest provider", () => {
    assert.match(
      problem("providers: { mine: { protocol: openai-chat, url: 'http://h/v1' } }\nroutes: { r: [mien/x] }"),
      /^orelse\.yaml:2:15: routes\.r\[0\]: found "mien\/x", and no provider "mien"; expected a provider: mine, .*; did you mean "mine\/x"\?$/
    )
  })
  it("is a route in a route, with the nearest route", () => {
    assert.match(
      problem("routes: { smart: demo/a, cheap: { try: [demo/b], orElse: smrat } }"),
      /routes\.cheap\.orElse: found "smrat", which is no route; expected .*; did you mean "smart"\?$/
    )
  })
  it("is a policy of a route or of a policy", () => {
    assert.match(
      problem("routes: { r: { try: [demo/a], policy: recomended } }"),
      /routes\.r\.policy: found "recomended", which is no policy; expected one of recommended.*; did you mean "recommended"\?$/
    )
    assert.match(problem("policies: { p: { from: q } }"), /policies\.p\.from: found "q", which is no policy/)
  })
  it("is a caller's route", () => {
    assert.match(
      problem("routes: { smart: demo/a }\ncallers: [{ name: a, key: k, routes: [smrt] }]"),
      /^orelse\.yaml:2:39: callers\[0\]\.routes\[0\]: found "smrt".*did you mean "smart"\?$/
    )
  })
  it("is a provider that is not known and has no protocol", () => {
    assert.match(
      problem("providers: { opnai: { keys: [a] } }"),
      /providers\.opnai: found no protocol for "opnai".*did you mean "openai"\?$/
    )
  })
  it("is a family that is no known provider, of a known name and of one's own", () => {
    const said =
      /providers\.\w+\.family: found "groqq", which is no known provider; expected .*; did you mean "groq"\?$/
    assert.match(problem("providers: { openai: { family: groqq } }"), said)
    assert.match(problem("providers: { mine: { protocol: openai-chat, url: 'http://h/v1', family: groqq } }"), said)
  })
  it("is a provider with a family and no url, which is not sent to the family's", () => {
    assert.match(
      problem("providers: { mine: { family: groq, keys: [k] } }"),
      /providers\.mine: found no url for "mine"/
    )
  })
  it("is a provider with a protocol and no url, or with something else than a URL", () => {
    assert.match(problem("providers: { mine: { protocol: openai-chat } }"), /providers\.mine: found no url for "mine"/)
    assert.match(
      problem("providers: { mine: { protocol: openai-chat, url: localhost } }"),
      /providers\.mine\.url: found no URL; expected an http/
    )
    assert.match(
      problem("providers: { mine: { protocol: openai-chat, url: 'http://u:p@h/v1' } }"),
      /expected a URL without; keys go under keys:/
    )
  })
  it.each([
    ["anthropic-messages", "https://planted.example/v1/", "/v1"],
    ["anthropic-messages", "https://planted.example/x/v1/messages", "/v1/messages"],
    ["gemini", "https://planted.example/v1beta", "/v1beta"],
    ["openai-chat", "https://planted.example/v1/chat/completions", "/chat/completions"],
    ["openai-responses", "https://planted.example/v1/responses?x=1", "/responses"],
    ["azure-openai", "https://planted.example/openai/v1", "/openai/v1"],
    ["ollama", "http://planted.example/api", "/api"],
    ["cohere", "https://planted.example/v2", "/v2"]
  ])("is a url of %s that goes on to what that adds: %s", (protocol, url, end) => {
    const said = problem(`providers: { mine: { protocol: ${protocol}, keys: [k], url: "${url}" } }`)
    const wrong = `found a URL that ends in "${end}", which the protocol ${protocol} adds itself; expected the URL up to there`
    assert.strictEqual(said.slice(said.indexOf("found")), wrong)
    assert.notInclude(said, "planted")
  })
  it.each([
    ["anthropic-messages", "https://h/v1/account/gateway/anthropic"],
    ["anthropic-messages", "https://h/xv1"],
    ["openai-chat", "https://h/openai/v1"],
    ["gemini", "https://h/v1/projects/p/locations/global"]
  ])("is no url of %s that only has such a word elsewhere: %s", (protocol, url) => {
    const { providers } = decoded(`providers: { mine: { protocol: ${protocol}, keys: [k], url: "${url}" } }`)
    assert.strictEqual(providers.get("mine")?.url, url)
  })
})

describe("a list with something wrong in it", () => {
  it("is looked at all the same: each problem of the others is told, once", () => {
    const text = `
routes: { smart: demo/echo }
callers:
  - { name: a, key: key-number-one, routes: [nothere] }
  - { key: key-number-two }
  - hello
  -
  - { name: a, key: key-number-one, routes: [smart, 5, nope], budget: { per: day } }
`
    assert.deepStrictEqual(
      problems(text).map((line) => line.split(";")[0]),
      [
        'orelse.yaml:4:46: callers[0].routes[0]: found "nothere", which is no route and no target',
        'orelse.yaml:5:5: callers[1]: found no "name"',
        "orelse.yaml:6:5: callers[2]: found text",
        "orelse.yaml:7:4: callers[3]: found nothing",
        'orelse.yaml:8:13: callers[4].name: found a second caller named "a"',
        "orelse.yaml:8:21: callers[4].key: found a key that another caller has",
        "orelse.yaml:8:53: callers[4].routes[1]: found 5",
        'orelse.yaml:8:56: callers[4].routes[2]: found "nope", which is no route and no target',
        'orelse.yaml:8:71: callers[4].budget: found no "usd"'
      ]
    )
  })
  it("says no more than that of what stands in the place of an element", () => {
    assert.deepStrictEqual(
      problems(
        "routes: { a: { balance: weighted, across: [{ weight: 1 }, 7] }, b: { try: [1, demo/echo] }, c: [x] }"
      ).map((line) => line.split(" found")[0]),
      [
        "orelse.yaml:1:44: routes.a.across[0]:",
        "orelse.yaml:1:59: routes.a.across[1]:",
        "orelse.yaml:1:76: routes.b.try[0]:",
        "orelse.yaml:1:97: routes.c[0]:"
      ]
    )
  })
})

describe("what comes back to itself or sums to nothing", () => {
  it("is a circle of routes, reported once at the reference that closes it", () => {
    assert.strictEqual(
      problem("routes:\n  a: { try: [demo/x], orElse: b }\n  b: [c]\n  c: { balance: random, across: [a] }\n"),
      "orelse.yaml:4:34: routes.c.across[0]: found a circle of routes: a → b → c → a; expected routes that do not come back to themselves"
    )
    assert.match(problem("routes: { a: [a] }"), /a circle of routes: a → a/)
  })
  it("is a chain of more routes than can be walked, reported once where it becomes too long", () => {
    const chain = (length: number) =>
      `routes: { ${Array.from({ length }, (_, at) => `r${at}: [demo/echo, ${at + 1 < length ? `r${at + 1}` : "demo/down"}]`).join(", ")} }`
    decoded(chain(100))
    for (const length of [101, 10_000]) {
      const [said, ...others] = problems(chain(length))
      assert.include(
        said,
        `routes.r${length - 101}[1]: found more than 100 routes, one behind another; expected 100 on one`
      )
      assert.deepStrictEqual(others, [])
    }
    const fork = `${chain(100).slice(0, -2)}, fork: [r0, r50, r0] }`
    assert.strictEqual(problems(fork).length, 2)
  })

  it("is a route of more targets than a call can come by, reported at the first that is one", () => {
    const targets = (count: number) => Array.from({ length: count }, (_, at) => `demo/m${at}`)
    const files = (of: (targets: ReadonlyArray<string>) => unknown, count: number) =>
      JSON.stringify({ routes: { r: of(targets(count)) } })
    for (const [key, of] of [
      ["try", (targets: ReadonlyArray<string>) => ({ try: targets })],
      ["balance", (targets: ReadonlyArray<string>) => ({ balance: "random", across: targets })]
    ] as const) {
      decoded(files(of, 1_000))
      for (const count of [1_001, 3_000, 20_000]) {
        const said = problem(files(of, count))
        const found = `routes.r: found ${count} targets that one call may come by; expected 1000 at most`
        assert.include(said, found, key)
      }
    }
    const fork = (length: number) =>
      JSON.stringify({
        routes: Object.fromEntries(
          Array.from({ length }, (_, at) => [`r${at}`, at + 1 < length ? [`r${at + 1}`, `r${at + 1}`] : "demo/echo"])
        )
      })
    decoded(fork(10))
    assert.include(
      problem(fork(100)),
      "routes.r89: found 1024 targets that one call may come by, as its routes lead on"
    )
  })

  it("is a chain or a circle of more policies than can be resolved, reported once", () => {
    const chain = (length: number, last: string) =>
      `policies: { ${Array.from({ length }, (_, at) => `p${at}: { from: ${at + 1 < length ? `p${at + 1}` : last} }`).join(", ")} }`
    decoded(chain(100, "recommended"))
    const said = problem(chain(5_000, "recommended"))
    assert.include(said, "policies.p4899.from: found more than 100 policies, each from the next; expected fewer")
    assert.isAtLeast(problems(chain(5_000, "p0")).length, 1)
  })
  it("is a circle of policies", () => {
    assert.match(problem("policies: { a: { from: b }, b: { from: a } }"), /found a circle: "a" → "b" → "a"/)
  })
  it("is a balance whose weights sum to 0", () => {
    assert.match(
      problem(
        "routes: { r: { balance: weighted, across: [{ target: demo/a, weight: 0 }, { target: demo/b, weight: 0 }] } }"
      ),
      /routes\.r\.across: found weights that sum to 0; expected a weight above 0/
    )
    assert.match(
      problem("routes: { r: { balance: weighted, across: [{ target: demo/a, weight: -1 }] } }"),
      /weight: found -1; expected a weight of at least 0/
    )
  })
  it("is a policy with the name of a built-in one", () => {
    assert.match(
      problem("policies: { recommended: { attempts: 2 } }"),
      /expected another name, with "from: recommended"/
    )
  })
  it("is a caller's key that another caller has, without showing it", () => {
    const found = problem("callers: [{ name: a, key: same-key }, { name: b, key: same-key }]")
    assert.match(found, /^orelse\.yaml:1:\d+: callers\[1\]\.key: found a key that another caller has/)
    assert.notInclude(found, "same-key")
  })
  it("is a caller's key that another caller has as a hash, however that is written", () => {
    const hex = "c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2"
    for (const [one, other] of [
      ["foobar", `sha256:${hex}`],
      [`sha256:${hex.toUpperCase()}`, "foobar"],
      [`sha256:${hex.toUpperCase()}`, `sha256:${hex}`]
    ])
      assert.match(
        problem(`callers: [{ name: a, key: "${one}" }, { name: b, key: "${other}" }]`),
        /callers\[1\]\.key: found a key that another caller has/
      )
  })
  it("is a hash of a caller's key that is none, without showing it", () => {
    const found = problem("callers: [{ name: a, key: 'sha256:abcdef' }]")
    assert.match(found, /callers\[0\]\.key: found "sha256:" and something that is no hash; expected 64 hex digits/)
    assert.notInclude(found, "abcdef")
  })
  it("is a second credential or caller of the same name", () => {
    assert.match(
      problem("providers: { openai: { keys: [{ name: a, value: x }, { name: a, value: y }] } }"),
      /keys\[1\]\.name: found a second key named "a"/
    )
    assert.match(
      problem("callers: [{ name: a, key: x }, { name: a, key: y }]"),
      /callers\[1\]\.name: found a second caller named "a"/
    )
  })
})

describe("a mistake around something secret", () => {
  for (const text of [
    "callers: [planted]",
    "callers: planted",
    "callers: [{ name: a, key: [planted] }]",
    "callers: [{ name: a, keyy: planted }]",
    "providers: { openai: planted }",
    "providers: { openai: { keys: planted } }",
    "providers: { openai: { keys: [{ name: main, valu: planted }] } }",
    "server: planted",
    "server: { adminKey: { value: planted } }",
    "state: planted",
    'state: { store: "redis://:planted@cache:6379" }',
    "ledger: planted",
    'ledger: { store: "postgres://user:planted@db/orelse" }',
    "telemetry: planted",
    "telemetry: { headers: { x: [planted] } }"
  ])
    it(`is named without it in ${text}`, () => {
      const found = problems(text).join("\n")
      assert.match(found, /found .*; expected /)
      assert.notInclude(found, "planted")
    })
})
