import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { Empty } from "../../part/empty.tsx"
import { List } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { useWords } from "../../words/use-words.ts"
import { ServerItem } from "./server-item.tsx"
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
              <Command line="hufu connect" />
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
