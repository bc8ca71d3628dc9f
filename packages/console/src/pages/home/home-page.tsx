import { useOperation } from "../../data/use-operation.ts"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"

export function HomePage() {
  const { nav } = useWords(shared)
  const status = useOperation("node.status", {})
  return (
    <Page title={nav.home}>
      <Loaded query={status}>{({ waiting }) => <p>{nav.waiting(waiting)}</p>}</Loaded>
    </Page>
  )
}
