/**
 * Takes secrets out of a text before it becomes part of an error, a record or a log line.
 *
 * What looks like a key, a token, a cookie or an e-mail address becomes `[REDACTED]`; the rest is shortened to 500 characters. It is applied
 * when an error is built, so that nothing after it has to think of it.
 */

const patterns: ReadonlyArray<RegExp> = [
  /\b(?:sk|pk|rk|xoxb|xoxp|ghp|gho|ghu|gsk|hf|r8|nvapi|xai|pplx|fw|csk)[-_][A-Za-z0-9._:-]{6,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{6,}/g,
  /\bAIza[A-Za-z0-9_-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?/g,
  /\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b/g
]

const maxLength = 500

/**
 * The text without secrets, 500 characters at most.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const redact = (text: string): string => {
  let clean = text.length > 4 * maxLength ? text.slice(0, 4 * maxLength) : text
  for (const pattern of patterns) clean = clean.replace(pattern, "[REDACTED]")
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 3)}...` : clean
}
