import type { Language } from "@hufu/core/words"

/** The language of the texts: what was asked for, else what the locale says. */
export function chooseLanguage(
  given: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Language {
  if (given === "zh" || given === "en") return given
  const locale = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || ""
  return locale.toLowerCase().startsWith("zh") ? "zh" : "en"
}
