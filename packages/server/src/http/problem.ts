import { type Failure, failureCodes } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"

/** A failure as an RFC 9457 problem document; the internal cause stays inside. */
export function problemOf(failure: Failure, requestId: string, language: Language): Record<string, unknown> {
  return {
    ...failure.extra,
    type: `urn:hufu:problem:${failure.code}`,
    title: failureCodes[failure.code][language],
    status: failure.status,
    detail: failure.message,
    code: failure.code,
    requestId,
    docs: "/docs#problems",
  }
}

/** The language that an Accept-Language header, or a `lang` parameter, asks for; English unless Chinese comes first. */
export function languageOf(acceptLanguage: string | undefined, parameter?: string): Language {
  if (parameter === "zh" || parameter === "en") return parameter
  const first = (acceptLanguage ?? "")
    .slice(0, 200)
    .split(",")
    .map((part) => part.trim().toLowerCase())
    .find((part) => part.startsWith("zh") || part.startsWith("en"))
  return first?.startsWith("zh") ? "zh" : "en"
}
