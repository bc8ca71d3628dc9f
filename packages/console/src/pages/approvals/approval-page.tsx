import { Link, useParams } from "@tanstack/react-router"
import { isAbsent, useOperation } from "../../data/use-operation.ts"
import { HoldBadge } from "../../part/badge.tsx"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { useWords } from "../../words/use-words.ts"
import { ApprovalCard } from "./approval-card.tsx"
import { words as approvalWords } from "./words.ts"

/** One action that waits, or waited, for the person; where an agent's client sends the person. */
export function ApprovalPage() {
  const words = useWords(approvalWords)
  const { hold: id } = useParams({ from: "/approvals/$hold" })
  const query = useOperation("hold.show", { hold: id })
  if (isAbsent(query.error))
    return (
      <Page title={words.absent.title}>
        <Empty what={words.absent.what}>
          <Link to="/approvals" className="button">
            {words.result.back}
          </Link>
        </Empty>
      </Page>
    )
  return (
    <Page title={words.title} beside={query.data ? <HoldBadge state={query.data.state} /> : undefined}>
      <Loaded query={query} rows={8}>
        {(hold) => <ApprovalCard key={hold.id} hold={hold} />}
      </Loaded>
    </Page>
  )
}
