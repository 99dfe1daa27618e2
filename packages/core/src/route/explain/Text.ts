/**
 * An explanation as text: the route as a tree, then each policy with its waits and what each error leads to.
 */
import * as DurationText from "../../domain/DurationText.ts"
import type { Explanation, Policy } from "../Explain.ts"
import { all } from "../strategy/all.ts"
import * as Leads from "./Leads.ts"
import type { Part, Shown, Target } from "./Shown.ts"

/** The whole text, without an end of line; `name` is the route's. @stability experimental @category conversions @since 0.1.0 */
export const of = (explanation: Explanation, name: string): string => {
  const { attempts, deadlineMs, policies, tree } = explanation
  const only = policies.length === 1 ? policies[0]?.name : undefined
  const head = `${name}: ${most(attempts)}${within(deadlineMs)}${only === undefined ? "" : `, policy ${only}`}`
  const lines = branches(unnamed(tree, name), { showsPolicy: only === undefined })
  return [[head, ...lines].join("\n"), ...policies.map(policyText)].join("\n\n")
}

/** The route itself, where the tree is only its name. */
const unnamed = (tree: Shown, name: string): Shown =>
  (tree.part.type === "route" && tree.part.name === name ? tree.part.route : undefined) ?? tree

interface Look {
  readonly showsPolicy: boolean
}

/** A part below its line: what stands around it is its own first line, where there is any. */
const branches = (shown: Shown, look: Look): ReadonlyArray<string> => {
  const around = notes(shown)
  const children = childrenOf(shown.part, look)
  const lines = children.flatMap((child, index) => hang(child, index === children.length - 1))
  return around.length === 0 ? lines : [`│  (${around.join(", ")})`, ...lines]
}

/** A line, and what hangs below it. */
interface Branch {
  readonly line: string
  readonly below: ReadonlyArray<string>
}

const hang = ({ below, line }: Branch, isLast: boolean): ReadonlyArray<string> => [
  `${isLast ? "└─" : "├─"} ${line}`,
  ...below.map((more) => `${isLast ? "   " : "│  "}${more}`)
]

const childrenOf = (part: Part, look: Look): ReadonlyArray<Branch> => {
  switch (part.type) {
    case "target":
      return [{ line: targetText(part, look), below: [] }]
    case "route":
      return [{ line: routeText(part), below: part.route === undefined ? [] : branches(part.route, look) }]
    case "inOrder":
      return part.steps.map(({ on, route }, index) => {
        const word = index === 0 ? "" : on === undefined ? "else " : `else, after ${on.join(" or ")}: `
        return child(`${index + 1}. ${word}`, route, look)
      })
    case "balance":
      return [{ line: balanceText(part), below: membersOf(part, look) }]
  }
}

const membersOf = (part: Extract<Part, { type: "balance" }>, look: Look): ReadonlyArray<string> => {
  const sum = part.members.reduce((total, { weight }) => total + weight, 0)
  return part.members
    .map(({ route, weight }) =>
      child(part.strategy === "weighted" && sum > 0 ? `${weight} of ${sum}: ` : "", route, look)
    )
    .flatMap((branch, index) => hang(branch, index === part.members.length - 1))
}

/** What fits on one line stands on it; what has parts of its own hangs below. */
const child = (lead: string, shown: Shown, look: Look): Branch => {
  const around = notes(shown)
  const note = around.length === 0 ? "" : ` (${around.join(", ")})`
  const inner = { ...shown, around: [] }
  if (shown.part.type === "inOrder") return { line: `${lead}in order${note}`, below: branches(inner, look) }
  const [only] = childrenOf(shown.part, look)
  return { line: `${lead}${only?.line ?? ""}${note}`, below: only?.below ?? [] }
}

const targetText = (target: Target, { showsPolicy }: Look): string => {
  const { contextWindow, credentials, model, off, policy, provider } = target
  const name = `${provider}/${model}`
  if (off !== undefined) return `${name}  off: ${off}`
  const facts = [
    ...(credentials.length < 2 ? [] : [`credentials ${credentials.join(", ")}`]),
    ...(contextWindow === undefined ? [] : [`window ${grouped(contextWindow)} tokens`]),
    ...(showsPolicy ? [`policy ${policy}`] : [])
  ]
  return facts.length === 0 ? name : `${name}  ${facts.join("; ")}`
}

const routeText = ({ name, off }: Extract<Part, { type: "route" }>): string =>
  off === undefined ? `route ${name}` : `route ${name}  off: ${off}`

const balanceText = (part: Extract<Part, { type: "balance" }>): string => `${part.strategy}: ${all[part.strategy].says}`

/** What stands around a part, but for policies: each target says under which it is. */
const notes = ({ around }: Shown): ReadonlyArray<string> =>
  around.flatMap((one) => {
    if ("policy" in one) return []
    if ("repair" in one) return [`repair ${one.repair}`]
    if ("deadlineMs" in one) return [`within ${DurationText.of(one.deadlineMs)}`]
    if ("attempts" in one) return [most(one.attempts)]
    const more = one.more ? ", …" : ""
    return [one.waitsMs.length === 0 ? "no retry" : `again after ${one.waitsMs.map(DurationText.of).join(", ")}${more}`]
  })

const policyText = (policy: Policy): string => {
  const facts: ReadonlyArray<readonly [string, string]> = [
    ["call", `${most(policy.attempts)}${within(policy.deadlineMs)}`],
    ["waits", waitsText(policy)],
    ["Retry-After", retryAfterText(policy)],
    ["clocks", clocksText(policy)],
    ["health", healthText(policy)],
    ["stream", `handed on at its ${commits[policy.commit]}`]
  ]
  return [
    `policy ${policy.name}`,
    ...aligned(facts, "  "),
    ...(policy.rules.length === 0
      ? []
      : [
          "  what comes before the table",
          ...aligned(
            policy.rules.map(({ does, when }) => [when, does] as const),
            "    "
          )
        ]),
    "  what each error leads to",
    ...aligned(
      policy.leadsTo.map(
        ({ does, parks, reason }) => [reason, parks === undefined ? does : `${does} (parks ${parks})`] as const
      ),
      "    "
    )
  ].join("\n")
}

const waitsText = ({ jitter, waitsMs }: Policy): string => {
  if (waitsMs.last.length === 0 && waitsMs.others.length === 0) return "none: nothing is asked twice"
  const last = waitsMs.last.length === 0 ? "none" : Leads.list(waitsMs.last)
  const others = waitsMs.others.length === 0 ? "none" : Leads.list(waitsMs.others)
  const both = last === others ? last : `${last} on the last candidate; ${others} where others follow`
  return `${both}${jitterText(jitter)}`
}

const jitterText = (jitter: Policy["jitter"]): string => {
  if (jitter === "none") return ""
  if (jitter === "equal") return " (each drawn between half of it and all of it)"
  if (jitter === "full") return " (each drawn between nothing and all of it)"
  return jitter.addedMs === 0 ? "" : ` (up to ${DurationText.of(jitter.addedMs)} of each is chance)`
}

const rules = {
  longer: "the longer of it and the wait",
  longerThanBase: "the longer of it and the wait without jitter",
  instead: "it instead of the wait",
  ignored: "not heeded"
} as const

const retryAfterText = ({ retryAfter: { capMs, jitter, onExceed, rule } }: Policy): string => {
  if (rule === "ignored") return rules.ignored
  const chance = jitter === 0 ? "" : `, plus up to ${Math.round(jitter * 100)} % (1 s at most)`
  if (capMs === null || onExceed === "wait") return `${rules[rule]}${chance}; however long`
  const over = onExceed === "fail" ? "not waited for" : `only ${DurationText.of(capMs)} of it is waited for`
  return `${rules[rule]}${chance}; where it is more than ${DurationText.of(capMs)}, ${over}`
}

const clocksText = ({ timeoutsMs: { connect, firstContent, idle, total } }: Policy): string =>
  [
    `connect ${bound(connect)}`,
    `first content ${bound(firstContent)}`,
    `between content ${bound(idle)}`,
    `whole attempt ${bound(total)}`
  ].join(", ")

const bound = (ms: number | null): string => (ms === null ? "unbounded" : DurationText.of(ms))

const healthText = ({ allCooling, health }: Policy): string => {
  if (!health) return "not kept: nothing is ever passed over"
  return allCooling === "probe"
    ? "what cools down is passed over; where everything does, the one that is free first is asked"
    : "what cools down is passed over; where everything does, the call fails"
}

const commits = { firstContent: "first content", firstEvent: "first event", headers: "headers" } as const

const within = (ms: number | null): string => (ms === null ? "" : ` within ${DurationText.of(ms)}`)

const most = (attempts: number): string =>
  attempts === Number.POSITIVE_INFINITY ? "any number of attempts" : `${count(attempts, "attempt")} at most`

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`

const grouped = (amount: number): string => String(amount).replaceAll(/\B(?=(\d{3})+$)/g, ",")

const aligned = (rows: ReadonlyArray<readonly [string, string]>, indent: string): ReadonlyArray<string> => {
  const width = Math.max(0, ...rows.map(([name]) => name.length).filter((length) => length <= 40))
  return rows.map(([name, text]) => `${indent}${name.padEnd(width)}  ${text}`)
}
