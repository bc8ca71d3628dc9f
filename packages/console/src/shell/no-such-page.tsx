import { Link } from "@tanstack/react-router"
import { Empty } from "../part/empty.tsx"
import { Page } from "../part/page.tsx"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"

export function NoSuchPage() {
  const words = useWords(shared).noSuchPage
  return (
    <Page title={words.title}>
      <Empty title={words.title} what={words.what}>
        <Link to="/" className="button">
          {words.home}
        </Link>
      </Empty>
    </Page>
  )
}
