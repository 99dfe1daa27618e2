import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const core = fileURLToPath(new URL("../..", import.meta.url))
const folder = join(core, ".tmp", "typesShown")
const tsc = join(core, "../../node_modules/.bin/tsc")

/** A program with one mistake a line: the compiler names each type as an editor does. */
const program = `
import type * as Call from "@orelse/core/domain/Call"
import type { Reason } from "@orelse/core/domain/Reason"
import * as RetryPolicy from "@orelse/core/policy/RetryPolicy"
import * as Route from "@orelse/core/route/Route"
import * as Router from "@orelse/core/route/Router"
type Tagged<T extends Reason["_tag"]> = Extract<Reason, { readonly _tag: T }>
declare const call: Call.Call
declare const router: Router.Router["Service"]
declare const two: Route.Route<Tagged<"RateLimited"> | Tagged<"Overloaded">>
declare const one: Route.Route<Tagged<"ServerError">>
const target = Route.target("a/m")
export const shown: ReadonlyArray<"?"> = [
  target,
  target.pipe(Route.orElse(target), Route.retry(RetryPolicy.recommended), Route.deadline("1 minute")),
  Route.balance("weighted", [target]),
  two.pipe(Route.orElse(one, { on: ["RateLimited"] })),
  router.run(call, target),
  router.run(call, two.pipe(Route.orElse(one, { on: ["RateLimited", "Overloaded"] }))),
  RetryPolicy.recommended
]
`

const settings = {
  extends: "../../../../tsconfig.base.json",
  compilerOptions: { noEmit: true, composite: false, incremental: false, plugins: [] },
  include: ["*.ts"]
}

beforeAll(async () => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, "shown.ts"), program)
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const compiled = (): Promise<string> =>
  new Promise((resolve) => execFile(tsc, ["-p", folder, "--pretty", "false"], (_, out) => resolve(out)))

describe("types as editors and the compiler show them", () => {
  it("are named, and short", async () => {
    const out = await compiled()
    assert.deepStrictEqual(
      [...out.matchAll(/error TS2322: Type '(.*?)' is not assignable to type '"\?"'/g)].map(([, type]) => type),
      [
        "Route<Reason>",
        "Route<Reason>",
        "Route<Reason>",
        "Route<Overloaded | ServerError>",
        "Effect<Answered, CallError<Reason>, Scope>",
        "Effect<Answered, CallError<ServerError>, Scope>",
        "RetryPolicy"
      ],
      out
    )
  }, 60_000)
})
