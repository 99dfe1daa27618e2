/**
 * The targets that a route names, as `provider/model`. Named routes inside it are not followed: they are listed by themselves.
 */
import type { Route } from "@orelse/core/route/Route"
import * as Tree from "@orelse/core/route/Tree"

/** All of them, in the order of the tree; one that stands twice is there twice. */
export const of = ({ node }: Route): ReadonlyArray<string> =>
  node._tag === "Target" ? [`${node.provider}/${node.model}`] : Tree.children(node).flatMap(of)
