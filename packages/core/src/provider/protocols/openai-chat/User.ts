/**
 * Who asks, for the books of OpenAI and of those who speak its formats.
 */

/** In characters (`Invalid 'user': string too long. Expected a string with maximum length 64`, read 2026-11). */
const longest = 64

/**
 * The user where the name is short enough; a longer one is left out. Anthropic's callers have such: Claude Code's names a device, an account
 * and a session.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const of = ({ user }: { readonly user?: string }): string | undefined =>
  user === undefined || user.length > longest ? undefined : user
