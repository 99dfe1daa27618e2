/**
 * The targets that a route names, as `provider/model`. Named routes inside it are not followed: they are listed by themselves.
 */
import type { Node, Route } from "@orelse/core/route/Route"

/** All of them, in the order of the tree; one that stands twice is there twice. */
export const of = (route: Route): ReadonlyArray<string> => {
  const node: Node = route.node
  switch (node._tag) {
    case "Target":
      return [`${node.provider}/${node.model}`]
    case "OrElse":
      return [...of(node.left), ...of(node.right)]
    case "Balance":
      return node.members.flatMap((member) => of(member.route))
    case "Named":
      return []
    default:
      return of(node.route)
  }
}
