/**
 * A user's own rules for reading failures, put before the built-in ones.
 */

/** @stability experimental @category models @since 0.1.0 */
export interface RuleSet {
  readonly version: string
}
