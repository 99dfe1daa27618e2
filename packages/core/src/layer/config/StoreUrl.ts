/**
 * The addresses of PostgreSQL and Redis: what their clients take. They throw at anything else, and do not say what to do.
 */

/** @stability experimental @category models @since 0.1.0 */
export type Store = "postgres" | "redis"

const schemes: Readonly<Record<Store, RegExp>> = { postgres: /^postgres(?:ql)?:$/, redis: /^rediss?:$/ }

/**
 * What is wrong with it, without a word of it, for there may be a password in it; `undefined` where it is one.
 *
 * @stability experimental
 * @category guards
 * @since 0.1.0
 */
export const wrong = (store: Store, text: string): string | undefined => {
  const url = URL.parse(text)
  if (url === null || !schemes[store].test(url.protocol)) return "no URL of it"
  if (![url.username, url.password, url.pathname].every(isEncoded)) return "a % that is not written %25"
  return store === "redis" && !/^(?:\/\d*)?$/.test(url.pathname) ? "a database that is no number" : undefined
}

const isEncoded = (part: string): boolean => {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}
