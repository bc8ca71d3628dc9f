import { Command } from "../part/command.tsx"
import { Page } from "../part/page.tsx"
import { useWords } from "../words/use-words.ts"
import { words as signInWords } from "./words.ts"

/** Shown to a browser that has not been let in: how to get in, and why it is so. */
export function SignInPage() {
  const words = useWords(signInWords)
  return (
    <Page title={words.title}>
      <div className="card max-w-2xl p-5">
        <p>{words.what}</p>
        <p className="my-4">
          <Command line="hufu signin" />
        </p>
        <p className="text-soft">{words.why}</p>
      </div>
    </Page>
  )
}
