import type { ServerRecord } from "@hufu/core/contract/records"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { Id } from "../../part/id.tsx"
import { ListItem } from "../../part/list.tsx"
import { Ago } from "../../part/time.tsx"
import { useWords } from "../../words/use-words.ts"
import { toolWords } from "./words.ts"

/** One tool server in a list, and perhaps what can be done with it. */
export function ServerItem({
  server,
  children,
}: {
  readonly server: ServerRecord
  readonly children?: ReactNode
}) {
  const words = useWords(toolWords)
  return (
    <ListItem
      head={
        <>
          <Link to="/tools/$server" params={{ server: server.id }} className="link min-h-6 font-semibold">
            {server.name}
          </Link>
          <span className="text-soft">{words.transports[server.transport]}</span>
          {server.demo ? <span className="rounded bg-sunk px-1.5 text-sm">{words.demo}</span> : null}
        </>
      }
      beside={
        <>
          <Ago at={server.createdAt} />
          <Id id={server.id} />
        </>
      }
    >
      <bdi dir="ltr" className="block truncate font-mono text-sm text-soft">
        {makeVisible((server.url ?? server.command?.join(" ") ?? "").slice(0, 300))}
      </bdi>
      {children}
    </ListItem>
  )
}
