/**
 * Tools that a request makes a Claude call: from Claude 5.5 on most models refuse it (`Models.ts`), whoever serves them.
 */
import type { Unsupported } from "../../../domain/Reason.ts"
import type { Request } from "../../../domain/Request.ts"
import * as Foreign from "../Foreign.ts"
import type { Model } from "./Models.ts"

/** Whether a tool must be called. @stability experimental @category predicates @since 0.1.0 */
export const isForced = ({ toolChoice }: Request): boolean =>
  toolChoice === "required" || typeof toolChoice === "object"

/**
 * Refuses to force a tool where the model does.
 *
 * @param dialect the protocol that asks
 * @stability experimental
 * @category predicates
 * @since 0.1.0
 */
export const refuse = (request: Request, model: Model, dialect: string): Unsupported | undefined =>
  isForced(request) && (request.tools?.length ?? 0) > 0 && !model.forcing
    ? Foreign.unsupported("a forced tool", `${dialect} cannot make this model call a tool; say tool_choice: auto`)
    : undefined
