import type { ServerRecord } from "@hufu/core/contract/records"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { Link } from "@tanstack/react-router"
import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { Empty } from "../../part/empty.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Ago } from "../../part/time.tsx"
import { useWords } from "../../words/use-words.ts"
import { toolWords } from "./words.ts"

/** The tool servers. */
export function ToolsPage() {
  const words = useWords(toolWords)
  const servers = useOperation("server.list", {})
  return (
    <Page title={words.title} under={words.under}>
      <Loaded query={servers} rows={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.empty.title} what={words.empty.what}>
              <Command line="hufu guard --help" />
            </Empty>
          ) : (
            <List label={words.title}>
              {items.map((server) => (
                <ServerItem key={server.id} server={server} />
              ))}
            </List>
          )
        }
      </Loaded>
    </Page>
  )
}

function ServerItem({ server }: { readonly server: ServerRecord }) {
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
    </ListItem>
  )
}
