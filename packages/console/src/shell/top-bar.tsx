import { Link } from "@tanstack/react-router"
import { languages } from "@hufu/core/languages"
import { BookOpen, OctagonX, Search } from "lucide-react"
import { useOperation } from "../data/use-operation.ts"
import { WhoAmI } from "../session/who-am-i.tsx"
import { chooseLanguage, useLanguage } from "../words/language.ts"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { Connection } from "./connection.tsx"
import { showOverlay } from "./overlay.ts"
import { chooseTheme, themes, useTheme } from "./theme.ts"

const names = { en: "English", zh: "中文" }

/** Which node this is, how it is, who looks, and the way to stop everything. */
export function TopBar({
  isIn,
  isForStrangers,
}: {
  readonly isIn: boolean
  /** Whether whoever reads the page may be a stranger, or may be somebody of this node who has not signed in. */
  readonly isForStrangers: boolean
}) {
  const words = useWords(shared)
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-paper px-3">
      <Link to="/" className="flex min-h-8 items-center gap-2 font-semibold">
        <img src="/seal.svg" alt="" width={24} height={24} />
        {words.product}
      </Link>
      <span className="hidden font-mono text-sm text-soft sm:inline">{location.host}</span>
      <span className="flex-1" />
      {isIn ? (
        <>
          <Connection />
          <button
            type="button"
            className="button button-quiet px-2"
            aria-label={words.palette.open}
            title={`${words.palette.open} (Ctrl K)`}
            onClick={() => showOverlay("palette")}
          >
            <Search size={18} aria-hidden />
          </button>
          <WhoAmI />
        </>
      ) : null}
      <GuideLink />
      <LanguageChoice />
      <ThemeChoice />
      {isIn ? <StopAll /> : null}
      {!isIn && isForStrangers ? (
        <Link to="/" className="button">
          {words.signIn}
        </Link>
      ) : null}
    </header>
  )
}

/** What ships with Hufu to be read; a page of the node, not of the console. */
function GuideLink() {
  const { guide } = useWords(shared)
  return (
    <a
      href={`/docs/${useLanguage()}`}
      target="_blank"
      rel="noreferrer"
      className="button button-quiet hidden px-2 sm:flex"
      aria-label={guide}
      title={guide}
    >
      <BookOpen size={18} aria-hidden />
    </a>
  )
}

function LanguageChoice() {
  const words = useWords(shared)
  const current = useLanguage()
  const other = languages.find((each) => each !== current) ?? "en"
  return (
    <button
      type="button"
      className="button button-quiet px-2"
      lang={other === "zh" ? "zh-CN" : "en"}
      title={words.language.label}
      onClick={() => chooseLanguage(other)}
    >
      {names[other]}
    </button>
  )
}

function ThemeChoice() {
  const words = useWords(shared).theme
  return (
    <select
      className="hidden min-h-9 rounded-md border border-transparent bg-paper px-1 text-ink hover:bg-sunk sm:block"
      aria-label={words.label}
      value={useTheme()}
      onChange={(event) => {
        const chosen = themes.find((theme) => theme === event.target.value)
        if (chosen) chooseTheme(chosen)
      }}
    >
      {themes.map((theme) => (
        <option key={theme} value={theme}>
          {words[theme]}
        </option>
      ))}
    </select>
  )
}

function StopAll() {
  const words = useWords(shared).stop
  const { data } = useOperation("node.status", {})
  if (data?.stopped === true) return null
  return (
    <button type="button" className="button button-deny" onClick={() => showOverlay("stop")}>
      <OctagonX size={18} aria-hidden />
      <span className="max-sm:sr-only">{words.button}</span>
    </button>
  )
}
