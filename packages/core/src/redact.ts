/** Everything between `://` and the last `@` of an authority. Source: RFC 3986, section 3.2.1. */
const userInfo = /:\/\/[^\s/]*@/g
/** `password=…`, `"token": "…"`, in text, JSON, query strings and connection strings. */
const assignments =
  /\b(pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|authorization)\b(\\?["']?\s?[=:]\s?\\?["']?)(?!\s)[^\s"'&,;\\]+/gi
/** Source: RFC 9110, section 11.6.2. */
const schemes = /\b(Bearer|Basic)\s[\w.~+/=-]+/g

/** The text without passwords, tokens and the credentials of URLs, so that it may leave the process. */
export function redact(text: string): string {
  return text.replace(userInfo, '://***@').replace(schemes, '$1 ***').replace(assignments, '$1$2***')
}
