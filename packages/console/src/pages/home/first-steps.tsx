import type { Output } from "@hufu/core/contract/contract"
import { Link } from "@tanstack/react-router"
import { CircleCheck, CircleDashed } from "lucide-react"
import type { ReactNode } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { hasVerifiedReceipt } from "../../part/receipt-verified.ts"
import { useWords } from "../../words/use-words.ts"
import { words as homeWords } from "./words.ts"

interface Step {
  readonly title: string
  readonly isDone: boolean
  readonly how: ReactNode
}

/** The first steps, ticked by what the node has seen; gone when all are done. */
export function FirstSteps({ node }: { readonly node: Output<"node.status"> }) {
  const words = useWords(homeWords)
  const steps = useSteps(node)
  if (!steps || steps.every(({ isDone }) => isDone)) return null
  const done = steps.filter(({ isDone }) => isDone).length
  return (
    <aside className="grid gap-4" aria-labelledby="first">
      <div className="card p-4">
        <div className="mb-2 flex items-baseline justify-between gap-2">
          <h2 id="first">{words.first.title}</h2>
          <span className="text-sm text-soft">{words.first.progress(done, steps.length)}</span>
        </div>
        <ol className="grid gap-2.5">
          {steps.map((step) => (
            <li key={step.title} className="flex items-start gap-2">
              {step.isDone ? (
                <CircleCheck size={18} aria-hidden className="mt-0.5 shrink-0 text-allow" />
              ) : (
                <CircleDashed size={18} aria-hidden className="mt-0.5 shrink-0 text-soft" />
              )}
              <div className="min-w-0">
                <p className={step.isDone ? "text-soft" : "font-semibold"}>
                  {step.title}
                  <span className="sr-only">: {step.isDone ? words.first.done : words.first.open}</span>
                </p>
                {step.isDone ? null : (
                  <div className="mt-0.5 grid justify-items-start gap-1.5 text-sm text-soft">{step.how}</div>
                )}
              </div>
            </li>
          ))}
        </ol>
      </div>
      <div className="card p-4">
        <h2>{words.demo.title}</h2>
        <p className="mt-1 mb-2 text-sm text-soft">{words.demo.what}</p>
        <Command line={words.demo.command} />
      </div>
    </aside>
  )
}

function useSteps(node: Output<"node.status">): readonly Step[] | undefined {
  const words = useWords(homeWords).first
  const { data: allowed } = useOperation("action.list", { verdict: "allow", limit: 1 })
  const { data: holds } = useOperation("hold.list", { state: "all", limit: 300 })
  if (!allowed || !holds) return undefined
  const done = allowed.items[0]
  const isDecided = holds.items.some(
    ({ state }) => state === "approved" || state === "used" || state === "refused",
  )
  return [
    {
      title: words.person.title,
      isDone: node.personEnrolled,
      how: (
        <>
          {words.person.what}
          <Link to="/first-passkey" className="link min-h-6 justify-self-start">
            {words.person.go}
          </Link>
        </>
      ),
    },
    {
      title: words.server.title,
      isDone: node.servers > 0,
      how: (
        <>
          {words.server.what}
          <Command line={words.server.command} />
        </>
      ),
    },
    { title: words.agent.title, isDone: node.agents > 0, how: words.agent.what },
    { title: words.allowed.title, isDone: allowed.items.length > 0, how: words.allowed.what },
    { title: words.decided.title, isDone: isDecided, how: words.decided.what },
    {
      title: words.verified.title,
      isDone: hasVerifiedReceipt(),
      how: (
        <>
          {words.verified.what}
          {done ? (
            <Link
              to="/actions/$action/receipt"
              params={{ action: done.id }}
              className="link min-h-6 justify-self-start"
            >
              {words.verified.go}
            </Link>
          ) : null}
          <Command line={words.verified.command} />
        </>
      ),
    },
  ]
}
