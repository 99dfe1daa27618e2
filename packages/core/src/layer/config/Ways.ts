/**
 * The ways that a call may take through the routes of a file: none comes back to itself, and none is longer, or comes by more targets, than
 * can be walked while somebody waits.
 */
import * as Circles from "../../route/Circles.ts"
import * as Tree from "../../route/Tree.ts"
import type { Path } from "./Problem.ts"
import type { Reader } from "./Reader.ts"
import type { RouteConfig } from "./Types.ts"

/** A route that names another. @stability experimental @category models @since 0.1.0 */
export interface Reference {
  readonly from: string
  readonly to: string
  readonly path: Path
}

/**
 * Reports each circle once, at the reference that closes it; where a way becomes too long; and where its targets become too many.
 *
 * @stability experimental
 * @category decoding
 * @since 0.1.0
 */
export const report = (
  reader: Reader,
  routes: ReadonlyMap<string, RouteConfig>,
  references: ReadonlyArray<Reference>
): void => {
  const tell = (path: Path, found: string, expected: string) => reader.report({ path, at: "value", found, expected })
  const byRoute = Map.groupBy(references, ({ from }) => from)
  const leadsOf = (route: string) => byRoute.get(route) ?? []
  const depths = Circles.walk(routes.keys(), leadsOf, (circle, { path }) =>
    tell(path, `a circle of routes: ${circle.join(" → ")}`, "routes that do not come back to themselves")
  )
  for (const { path, to } of references)
    if (depths.get(to) === Circles.deepest)
      tell(path, `more than ${Circles.deepest} routes, one behind another`, `${Circles.deepest} on one way at most`)
  const counts = Circles.targets(depths, (name) => targetsIn(routes.get(name)), leadsOf)
  const over = new Set<string>()
  for (const [name, count] of counts) {
    if (depths.get(name)! > Circles.deepest) return
    if (count <= Tree.mostTargets) continue
    over.add(name)
    const leads = leadsOf(name)
    if (leads.some(({ to }) => over.has(to))) continue
    const onward = leads.length === 0 ? "" : ", as its routes lead on"
    tell(["routes", name], `${count} targets that one call may come by${onward}`, `${Tree.mostTargets} at most`)
  }
}

/** Those of its own tree, which may be deeper than a stack is. */
const targetsIn = (config: RouteConfig | undefined): number => {
  let count = 0
  const left = config === undefined ? [] : [config.route]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next.node._tag === "Target") count += 1
    left.push(...Tree.children(next.node))
  }
  return count
}
