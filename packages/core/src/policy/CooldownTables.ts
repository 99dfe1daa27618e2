/**
 * The cooldown tables by name, so that a policy stays plain data.
 */
import type { Tag } from "../domain/Reason.ts"
import * as Cooldown from "./Cooldown.ts"
import * as failover from "./presets/failoverCooldowns.ts"

/** `failoverForgetting` forgets a credential's failures once its cooldown has passed. @stability stable @category models @since 0.1.0 */
export type TableName = "recommended" | "failover" | "failoverForgetting"

/** Every name. @stability stable @category constants @since 0.1.0 */
export const names = ["recommended", "failover", "failoverForgetting"] as const satisfies ReadonlyArray<TableName>

/** The rules of a table for a reason: each parks what it says. @stability stable @category getters @since 0.1.0 */
export const rulesFor = (table: TableName, tag: Tag): ReadonlyArray<Cooldown.Rule> => {
  switch (table) {
    case "recommended":
      return [Cooldown.recommended[tag]]
    case "failover":
      return failover.growing[tag]
    case "failoverForgetting":
      return failover.forgetting[tag]
  }
}
