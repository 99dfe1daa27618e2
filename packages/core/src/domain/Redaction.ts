/**
 * Takes secrets and private text out of whatever a provider said, before it becomes part of an error.
 *
 * Nothing looks at a message again once a reason holds it (logs, spans, ledger, screen), so this is the only place. It errs on
 * the side of taking out too much: keys by prefix and by shape, bearer and cookie values, values of fields and query parameters
 * that are secrets by name, e-mail addresses, and long quotations, which are usually the caller's own prompt. It does not know
 * the configured credentials.
 */

/** What stands in the place of what was taken out. @stability stable @category models @since 0.1.0 */
export const mark = "[REDACTED]"

/** The most characters that `redact` leaves. @stability stable @category models @since 0.1.0 */
export const maxLength = 500

/** Ids of requests are shorter, keys without a prefix may be longer. */
const longestIdentifier = 72

/** How much of a long text is looked at: what is taken out makes room for what follows. */
const window = 750

/** Keys by their prefix. A bare prefix ("sk- is the prefix of a key") is left alone. */
const prefixed =
  /(?<![A-Za-z0-9])(?:(?:sk-|csk-|xoxb-|xoxp-|xoxa-|xoxs-|xapp-|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|orl_|gsk_|xai-|hf_|r8_|nvapi-|pplx-|tgp_v1_|fw_|sk_live_|sk_test_|rk_live_|sess-|npm_|dop_v1_|dapi(?=[0-9a-f]{8})|ya29\.)[A-Za-z0-9_.:*-]+|(?:AIza|AQ\.)[A-Za-z0-9_*-]{6,}|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,}|eyJ[A-Za-z0-9_-]{6,}[A-Za-z0-9_.-]*)/g

/** The end of each prefix: where none of them stands, there is no such key. Costs a tenth of the search for keys. */
const prefixEnd = /[abfikmoprstuwx18][-_]|orl_|dapi|ya29|AIza|AQ\.|AKIA|ASIA|ABIA|ACCA|eyJ/

/** A word that announces a secret. */
const names = /key|token|secret|auth|passw|pwd|credential|signature|security|bearer|basic|cookie/i

/** Long runs, of which those that hold a digit are taken for keys. A run is matched first and judged then, so that each is read once. */
const longRun = /(?<![\w-])[\w-]{40,}/g

/** Secrets of AWS: 40 characters of all kinds. */
const awsSecret = /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g

/** A key id with its secret after a dot. */
const dotted = /(?<![A-Za-z0-9])[0-9a-f]{32}\.[A-Za-z0-9]{8,}/g

const shaped = (text: string): string =>
  text
    .replace(longRun, (run) => (/\d/.test(run) ? mark : run))
    .replace(awsSecret, (run) => (/\d/.test(run) && /[A-Z]/.test(run) && /[a-z]/.test(run) ? mark : run))
    .replace(dotted, mark)

const scheme = /\b(bearer|basic)\s+(?!realm\b|auth\b|token\b|error\b|authenti|scheme\b)[A-Za-z0-9_.~+/=:*-]{4,}/gi

const cookie = /\b((?:set-)?cookie["'\\]{0,8}\s{0,3}[:=]\s{0,3}["'\\]{0,8})(?!is\b)[^"'\r\n\\}]{2,}/gi

/** Fields, headers and query parameters that are secrets by name. */
const named =
  /(?<![A-Za-z0-9])((?:proxy-)?authorization|x-goog-api-key|x-api-key|x-auth-token|x-amz-security-token|x-amz-signature|x-amz-credential|api[-_ ]?key(?: provided)?|apikey|subscription-key|access[-_]?key(?:[-_]?id)?|secret[-_]?(?:access[-_]?)?key|access[-_]?token|refresh[-_]?token|id[-_]?token|session[-_]?token|auth[-_]?token|client[-_]?secret|private[-_]?key|password|passwd|pwd|secret|credential|signature|token)(["'\\]{0,8}\s{0,3}[:=]\s{0,3}["'\\]{0,8})(?!\[REDACTED\])([^\s"'\\&,;(){}<>[\]]{3,})/gi

const query = /([?&;](?:key|sig|signature|token|code|auth|secret)=)[^\s&"'\\<>)\]]{2,}/gi

const userInfo = /(:\/\/)[^\s/@:]{0,100}:[^\s/@]{1,200}@/g

const email = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}/g

const pem = /-----BEGIN [A-Z ]{3,40}-----[\s\S]*?(?:-----END [A-Z ]{3,40}-----|$)/g

/** Fields that hold what the caller or the model wrote. */
const spoken =
  /(["'](?:prompt|input|inputs|content|text|messages|instructions|system|query|question|arguments|failed_generation|flagged_input|completion|output)\\{0,7}["']\s{0,3}:\s{0,3}\\{0,7}["'])(?:[^"'\\]|\\(?!["']\s{0,3}[,}\]])[^]){24,}/gi

/** Every quotation, so that the text between two of them is not taken for one; only the long ones are taken out. */
const quoted = /"[^"\r\n]*(?:"|$)|`[^`\r\n]*(?:`|$)|“[^”]*(?:”|$)|(?<![A-Za-z0-9])'[^'\r\n]*(?:'|$)/g

/** White space that is not one blank alone, each kind of it named: a class that is written as "not" is searched far slower. */
const blanks = /[\t-\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]\s*| \s+/g

/** A quotation that is longer is somebody's prompt, not a name. */
const longestQuotation = 80

/**
 * The text without secrets, addresses and long quotations, white space collapsed, and at most 500 characters long (`...` at the
 * end where it was cut).
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const redact = (text: string): string => {
  const scrubbed = scrub(head(text))
  // A blank that stands alone is left: to put one in its place takes longer than all the rest.
  const clean = scrubbed.replace(blanks, " ").trim()
  return clean.length > maxLength ? `${cut(clean, maxLength - 3)}...` : clean
}

/**
 * The text without secrets, at its full length and with its white space: for what is exported as a whole.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const scrub = (text: string): string => {
  let out = secrets(text)
  if (out.includes("@") && /[A-Za-z0-9._%+-]@[A-Za-z0-9-]{1,63}\.[A-Za-z0-9-]/.test(out)) out = out.replace(email, mark)
  if (out.length <= 60) return out
  if (/["']\s{0,3}:/.test(out)) out = out.replace(spoken, `$1${mark}`)
  return marks.some((quote) => isFarApart(quote, out)) ? out.replace(quoted, shorten) : out
}

/** What a quotation begins with. */
const marks = ['"', "'", "`", "“"]

/** Whether so much stands behind one of these marks, up to the next or to the end, that it may be a long quotation. */
const isFarApart = (quote: string, text: string): boolean => {
  for (let at = text.indexOf(quote); at >= 0;) {
    const next = text.indexOf(quote, at + 1)
    if ((next < 0 ? text.length : next) - at > longestQuotation) return true
    at = next
  }
  return false
}

/**
 * The text without secrets, and with all else: for bodies that somebody asked to be kept. JSON stays JSON.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const secrets = (text: string): string => {
  let out = text
  if (out.includes("-----BEGIN")) out = out.replace(pem, mark)
  if (prefixEnd.test(out)) out = out.replace(prefixed, mark)
  if (out.includes("://")) out = out.replace(userInfo, `$1${mark}@`)
  if (out.includes("=")) out = out.replace(query, `$1${mark}`)
  if (names.test(out)) {
    // Schemes first: as the value of its header, `Bearer` would be taken out, and leave what follows it.
    out = out.replace(scheme, `$1 ${mark}`).replace(named, `$1$2${mark}`).replace(cookie, `$1${mark}`)
  }
  return withoutLongWords(out)
}

/**
 * The text without what is a key beyond doubt: for names and ids that people choose, of which nothing else may be lost. An id that merely
 * looks random stays, and so does one that begins as some keys do (`xai-helper`, `sess-42`).
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const keys = (text: string): string => {
  if (text.length < shortestKey) return text
  const certain = (run: string): string =>
    run.length < shortestKey || run.startsWith("sess-") || !/\d/.test(run) ? run : mark
  let out = text.includes("-----BEGIN") ? text.replace(pem, mark) : text
  if (prefixEnd.test(out)) out = out.replace(prefixed, certain)
  if (out.includes("://")) out = out.replace(userInfo, `$1${mark}@`)
  return /bearer|basic/i.test(out) ? out.replace(scheme, certain) : out
}

/** Keys with a prefix are longer. */
const shortestKey = 20

/**
 * A short field (a code, a request id) as it is, or `undefined` where it is no identifier or looks like a secret.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const identifier = (text: string | undefined): string | undefined => {
  if (text === undefined || text.length === 0 || text.length > longestIdentifier || !/^[\w.:/#-]+$/.test(text))
    return undefined
  const unprefixed = text.replace(prefixed, mark).replace(dotted, mark)
  return unprefixed === text && !/^(?:bearer|basic)/i.test(text) ? text : undefined
}

/** Which characters keys are made of, by their code. */
const inKeys = new Uint8Array(128)
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/+.")
  inKeys[character.charCodeAt(0)] = 1

const isInKeys = (code: number): boolean => code < 128 && inKeys[code] === 1

/** No key without a prefix is shorter. */
const shortestRun = 40

/**
 * Looks for keys by their shape where 40 characters of keys stand together. A loop, since regular expressions read each run many
 * times; and one that looks at every fortieth character, since no run of 40 is without one.
 */
const withoutLongWords = (text: string): string => {
  let out = ""
  let from = 0
  for (let at = shortestRun - 1; at < text.length; at += shortestRun) {
    if (!isInKeys(text.charCodeAt(at))) continue
    let start = at
    while (start > from && isInKeys(text.charCodeAt(start - 1))) start--
    let end = at + 1
    while (end < text.length && isInKeys(text.charCodeAt(end))) end++
    if (end - start < shortestRun) continue
    out += text.slice(from, start) + shaped(text.slice(start, end))
    from = end
    at = end - 1
  }
  return from === 0 ? text : out + text.slice(from)
}

/** A long quotation keeps its marks, so that the text around it stays readable. */
const shorten = (found: string): string => {
  if (found.length <= longestQuotation + 2) return found
  const last = found.at(-1)!
  return `${found[0]!}${mark}${/["'`”]/.test(last) ? last : ""}`
}

/** The beginning of a long text; a word that the cut goes through is left out, since half a secret is not recognised. */
const head = (text: string): string => {
  if (text.length <= window) return text
  const start = text.slice(0, window)
  const space = Math.max(start.lastIndexOf(" "), start.lastIndexOf("\n"), start.lastIndexOf('"'))
  return space > 0 ? start.slice(0, space) : cut(start, 40)
}

/** Cuts without leaving half of a surrogate pair. */
const cut = (text: string, length: number): string => {
  const code = text.charCodeAt(length - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? length - 1 : length)
}
