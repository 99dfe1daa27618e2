/**
 * Media by URL: what lies in line in a request becomes a `data:` URL (RFC 2397), for formats that take nothing else.
 */
import type { UserPart } from "../../domain/Request.ts"

type Of<Type extends UserPart["type"]> = Extract<UserPart, { readonly type: Type }>

/** The image's own URL, else its bytes as one; `undefined` where it has neither. @stability experimental @category getters @since 0.1.0 */
export const ofImage = (part: Of<"image">): string | undefined => part.url ?? inline(part, "image/png")

/** The document's bytes as a URL; `undefined` where it is not in line. @stability experimental @category getters @since 0.1.0 */
export const ofDocument = (part: Of<"document">): string | undefined => inline(part, "application/pdf")

const inline = ({ data, mediaType }: Of<"image"> | Of<"document">, usual: string): string | undefined =>
  data === undefined ? undefined : `data:${mediaType ?? usual};base64,${data}`
