/**
 * One member of the preset `pool` instead of an order of all: by weight, and away from what is limited now.
 *
 * Looking takes nothing from a limiter: its original took a token from each that it looked at (P-14), and delivered half of its rate.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { indexAt } from "../strategy/Weighted.ts"

/** A member. @stability experimental @category models @since 0.1.0 */
export interface Member {
  /** Not negative. */
  readonly weight: number
  /** Whether its limiter would say no now; absent where it has none. */
  readonly isLimited?: (() => boolean) | undefined
}

/**
 * The index of the member to ask; `undefined` where there is none. All limited: the one that was drawn. All of weight 0: the first.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const select = (members: ReadonlyArray<Member>): Effect.Effect<number | undefined> =>
  Effect.gen(function* () {
    if (members.length <= 1) return members.length === 1 ? 0 : undefined
    const total = members.reduce((sum, member) => sum + member.weight, 0)
    const drawn = total === 0 ? 0 : indexAt(members, (yield* Random.next) * total)
    if (!isLimited(members[drawn])) return drawn
    const others = members
      .map((member, index) => ({ ...member, index }))
      .filter(({ index }) => index !== drawn)
      .toSorted((a, b) => b.weight - a.weight)
    return others.find((member) => !isLimited(member))?.index ?? drawn
  })

const isLimited = (member: Member | undefined): boolean => member?.isLimited?.() ?? false
