/**
 * The name of a target, `provider/model`: split at the first slash, for the model's own name may hold more of them.
 */

/** Both halves of the name. @stability experimental @category models @since 0.1.0 */
export interface TargetName {
  readonly provider: string
  readonly model: string
}

/** Its two parts; `undefined` where one of them is missing. @stability experimental @category conversions @since 0.1.0 */
export const split = (name: string): TargetName | undefined => {
  const slash = name.indexOf("/")
  return slash < 1 || slash === name.length - 1
    ? undefined
    : { provider: name.slice(0, slash), model: name.slice(slash + 1) }
}
