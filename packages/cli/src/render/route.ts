/**
 * A route in one line: `anthropic/claude, else openai/gpt, else cheap`.
 */
import type { Node, Route } from "@orelse/core/route/Route"

/** What stands in the route, without policies and numbers. */
export const line = (route: Route): string => of(route.node)

const of = (node: Node): string => {
  switch (node._tag) {
    case "Target":
      return `${node.provider}/${node.model}`
    case "Named":
      return node.name
    case "OrElse":
      return `${of(node.left.node)}, else ${of(node.right.node)}`
    case "Balance":
      return `${node.strategy} of (${node.members.map((member) => of(member.route.node)).join(", ")})`
    case "Retry":
    case "RetryWith":
    case "Repair":
    case "Deadline":
    case "Budget":
      return of(node.route.node)
  }
}
