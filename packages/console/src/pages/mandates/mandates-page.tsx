import { Link } from "@tanstack/react-router"
import { Plus } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { AgentChoice } from "../../part/agent-choice.tsx"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWords } from "../../words/use-words.ts"
import { MandateList } from "./mandate-list.tsx"
import { mandateWords } from "./words.ts"

/** The mandates that hold. */
export function MandatesPage() {
  const words = useWords(mandateWords)
  const [agent, setAgent] = useAddressText("agent")
  const mandates = useOperation("mandate.list", agent === "" ? {} : { agent })
  const grant = (
    <Link to="/mandates/new" search={agent === "" ? {} : { agent }} className="button">
      <Plus size={16} aria-hidden />
      {words.grant}
    </Link>
  )
  return (
    <Page title={words.title} under={words.under} beside={grant}>
      <AgentChoice label={words.agent} every={words.everyAgent} agent={agent} choose={setAgent} />
      <Loaded query={mandates} rows={5}>
        {({ items }) =>
          items.length > 0 ? (
            <MandateList label={words.title} mandates={items.toSorted((a, b) => b.createdAt - a.createdAt)} />
          ) : agent === "" ? (
            <Empty title={words.empty.title} what={words.empty.what} />
          ) : (
            <Empty title={words.filtered.title} what={words.filtered.what}>
              <button type="button" className="button" onClick={() => setAgent("")}>
                {words.filtered.clear}
              </button>
            </Empty>
          )
        }
      </Loaded>
    </Page>
  )
}
