import { assert, describe, it } from "@effect/vitest"
import * as Route from "../../src/route/Route.ts"
import * as Tree from "../../src/route/Tree.ts"

const [a, b, c] = [Route.target("a/m"), Route.target("b/m"), Route.target("c/m")]
const named = (name: string) => (name === "smart" ? b.pipe(Route.orElse(a)) : undefined)

describe("Tree.children", () => {
  it("gives what stands right below a node, in order, and nothing below a target or a name", () => {
    assert.deepStrictEqual(Tree.children(a.pipe(Route.orElse(b)).node), [a, b])
    assert.deepStrictEqual(Tree.children(Route.balance("weighted", [{ route: c, weight: 2 }, a]).node), [c, a])
    for (const around of [Route.repair("clampMaxTokens"), Route.deadline("1 second"), Route.budget({ attempts: 1 })])
      assert.deepStrictEqual(Tree.children(a.pipe(around).node), [a])
    assert.deepStrictEqual([Tree.children(a.node), Tree.children(Route.route("smart").node)], [[], []])
  })
})

describe("Tree.firstTarget", () => {
  it("goes down the first way, and through names", () => {
    const route = Route.balance("priority", [Route.route("smart").pipe(Route.deadline("1 second")), c])
    assert.deepInclude(Tree.firstTarget(route.pipe(Route.orElse(c)), named), { provider: "b" })
    assert.isUndefined(Tree.firstTarget(Route.route("gone").pipe(Route.orElse(c)), named))
  })
})
