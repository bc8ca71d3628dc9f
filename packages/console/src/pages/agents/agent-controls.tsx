import type { StopReport } from "@hufu/core/contract/records"
import type { CallId } from "@hufu/core/contract/contract"
import { useState } from "react"
import { useChange } from "../../data/use-operation.ts"
import { Confirm } from "../../part/confirm.tsx"
import { useWidening } from "../../session/prove.ts"
import { sayNumber } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import type { ShownAgent } from "./agent-page.tsx"
import { agentWords } from "./words.ts"

const changes: readonly CallId[] = ["agent.show", "agent.list", "node.status", "hold.list"]

/** Suspend, resume, take out of service: each says first what it stops. */
export function AgentControls({ of: { agent, credentials, mandates } }: { readonly of: ShownAgent }) {
  const words = useWords(agentWords)
  const lang = useLanguage()
  const [report, setReport] = useState<StopReport>()
  const suspend = useChange("agent.suspend", changes)
  const revoke = useChange("agent.revoke", changes)
  const resume = useWidening("agent.resume", changes)
  const input = { agent: agent.id }
  const liveCredentials = credentials.filter(({ state }) => state === "live").length
  const radius = words.radius(liveCredentials, mandates.length)
  return (
    <div className="mt-3">
      <div className="flex flex-wrap items-start gap-2">
        {agent.state === "live" ? (
          <Confirm
            label={words.suspend}
            what={`${radius} ${words.suspendWhat}`}
            doing={{
              run: () => suspend.mutate(input, { onSuccess: setReport }),
              isPending: suspend.isPending,
              error: suspend.error,
            }}
          />
        ) : null}
        {agent.state === "suspended" ? (
          <Confirm
            label={words.resume}
            what={words.resumeWhat}
            isDangerous={false}
            doing={{
              run: () => resume.mutate(input, { onSuccess: () => setReport(undefined) }),
              isPending: resume.isPending,
              error: resume.error,
            }}
          />
        ) : null}
        {agent.state === "revoked" ? null : (
          <Confirm
            label={words.revoke}
            what={`${radius} ${words.revokeWhat}`}
            doing={{
              run: () => revoke.mutate(input, { onSuccess: setReport }),
              isPending: revoke.isPending,
              error: revoke.error,
            }}
          />
        )}
      </div>
      <p role="status" className={report ? "mt-2" : "sr-only"}>
        {report
          ? words.stopped(
              sayNumber(Math.round(report.tookMs * 10) / 10, lang),
              report.doors.length,
              report.cancelledHolds.length,
              report.inFlight.length,
            )
          : ""}
      </p>
    </div>
  )
}
