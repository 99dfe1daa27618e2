/**
 * What is told where something else than a provider answers: a web page, a path that is not there, or a redirect, which is never followed. Mostly the
 * `url` of the configuration is not what it should be, or a login stands before it.
 */
import * as Redaction from "../../domain/Redaction.ts"

const nextStep = "look at the provider's url in the configuration"

/** The title of a page, as far as it is told, within so much of the page. */
const longestTitle = 100
const longestHead = 20_000

const isPage = /^<(?:!doctype html|html|head|body)\b/i

/**
 * What a text is told as that is a page of HTML; `undefined` where it is none.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const page = (text: string): string | undefined => {
  if (!isPage.test(text.slice(0, longestHead).trimStart())) return undefined
  const title = /<title[^>]{0,200}>\s*([^<]{1,300})/i.exec(text.slice(0, longestHead))?.[1]?.trim().replace(/\s+/g, " ")
  return told(title === undefined ? "" : ` ("${Redaction.redact(title.slice(0, longestTitle))}")`)
}

const told = (what: string): string => `a web page came instead of an answer${what}; ${nextStep}`

/** What a stream without any content is told as whose head says that it is a page; `undefined` where it does not. @stability experimental @category conversions @since 0.1.0 */
export const pageOfType = (contentType: string | undefined): string | undefined =>
  contentType !== undefined && /^text\/html\b/i.test(contentType) ? told(" (text/html)") : undefined

/**
 * What a redirect is told as, without what may be a secret in its address; `undefined` where an answer is none.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const redirect = (status: number | undefined, location: string | undefined): string | undefined => {
  if (status === undefined || status < 300 || status > 399 || !location) return undefined
  return `a redirect (${status}) to ${bare(location)} is not followed; ${nextStep}`
}

/** What routers of HTTP say of a path that they do not have. */
const noPath =
  /^(?:40[45][\s:.-]*)?(?:(?:the )?(?:requested )?(?:page |path |route |url |resource )?(?:was )?not found|method not allowed|no body \(40[45]\))[.!]?$/i

/**
 * What an answer is told as that says no more than that nothing is at this path; `undefined` where it says more. Of a model that is not there a
 * provider says which.
 *
 * @stability experimental
 * @category conversions
 * @since 0.1.0
 */
export const nowhere = (status: number | undefined, body: string, message: string): string | undefined => {
  if (status !== 404 && status !== 405) return undefined
  return page(body) ?? (noPath.test(message) ? `nothing answers there (${status}); ${nextStep}` : undefined)
}

/** Host and path. */
const bare = (location: string): string => {
  const url = URL.parse(location)
  const [path = ""] = location.split(/[?#]/)
  return (url === null ? path : `${url.protocol}//${url.host}${url.pathname}`).slice(0, 200)
}
