import type { ToolRecord } from "@hufu/core/contract/records"
import { ToolProfile } from "@hufu/core/profile/profile"
import { CircleAlert, CircleCheck, CircleDashed } from "lucide-react"
import { Badge, EffectBadge } from "../../part/badge.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { CopyButton } from "../../part/copy-button.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { ToolDifference } from "./tool-difference.tsx"
import { ToolSignals } from "./tool-signals.tsx"
import { toolWords } from "./words.ts"

/** One tool: its effect, who says so, what changed, and confirming it. */
export function ToolCard({ tool }: { readonly tool: ToolRecord }) {
  const words = useWords(toolWords)
  const confirm = useWidening("tool.confirm", ["tool.list"])
  const isSettled = tool.confirmed && !tool.changed
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <UntrustedName text={tool.tool} />
        <EffectBadge effect={tool.effect} />
        <span className="text-sm text-soft">{words.sources[tool.source]}</span>
        {tool.confirmed ? (
          <Badge tone="allow" icon={CircleCheck} word={words.confirmed} />
        ) : (
          <Badge tone="plain" icon={CircleDashed} word={words.unconfirmed} />
        )}
        {tool.changed ? <Badge tone="deny" icon={CircleAlert} word={words.changed} /> : null}
      </div>
      <ToolSignals signals={tool.signals} />
      {tool.text === null ? null : (
        <details className="mt-2" open={!tool.confirmed}>
          <summary className="min-h-6 cursor-pointer text-sm text-soft">{words.says}</summary>
          <div className="mt-1">
            <Untrusted text={tool.text} />
          </div>
        </details>
      )}
      {tool.changed ? <p className="mt-2">{words.changedWhat}</p> : null}
      {tool.difference ? <ToolDifference difference={tool.difference} /> : null}
      <details className="mt-2">
        <summary className="min-h-6 cursor-pointer text-sm text-soft">{words.profile}</summary>
        <Profile tool={tool} />
      </details>
      {isSettled ? null : (
        <div className="mt-2">
          <Confirm
            label={words.confirm}
            what={words.confirmWhat}
            isDangerous={false}
            doing={{
              run: () =>
                confirm.mutate({ server: tool.server, tool: tool.tool, definition: tool.definition }),
              isPending: confirm.isPending,
              error: confirm.error,
            }}
          />
        </div>
      )}
    </>
  )
}

function Profile({ tool }: { readonly tool: ToolRecord }) {
  const words = useWords(toolWords)
  const { data: profile } = ToolProfile.safeParse(tool.profile)
  return (
    <dl className="mt-2 grid gap-x-6 gap-y-1 sm:grid-cols-[max-content_minmax(0,1fr)]">
      {profile ? (
        <>
          <dt className="text-soft">{words.reversible}</dt>
          <dd>{words.reversibles[profile.reversible]}</dd>
          <dt className="text-soft">{words.sensitivity}</dt>
          <dd>{words.sensitivities[profile.sensitivity]}</dd>
          <dt className="text-soft">{words.openWorld}</dt>
          <dd>{profile.openWorld ? words.yes : words.no}</dd>
          {profile.roles.length === 0 ? null : (
            <>
              <dt className="text-soft">{words.roles}</dt>
              <dd>
                {profile.roles.map(({ argument, role }) => (
                  <span key={`${argument} ${role}`} className="mr-3 inline-block">
                    <UntrustedName text={argument} /> {words.roleWords[role]}
                  </span>
                ))}
              </dd>
            </>
          )}
        </>
      ) : null}
      <dt className="text-soft">{words.definition}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code className="truncate font-mono text-sm">{tool.definition}</code>
        <CopyButton text={tool.definition} />
      </dd>
    </dl>
  )
}
