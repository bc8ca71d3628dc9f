import { useOperation } from "../../data/use-operation.ts"
import { List } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import { RemoveServer } from "../tools/remove-server.tsx"
import { ServerItem } from "../tools/server-item.tsx"
import { settingsWords } from "./words.ts"

/** The tool servers behind this node, each of which can be taken out. */
export function Servers() {
  const words = useWords(settingsWords)
  const servers = useOperation("server.list", {})
  return (
    <Section title={words.servers}>
      <p className="mb-2 text-soft">{words.serversWhat}</p>
      <Loaded query={servers}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="card px-4 py-3 text-soft">{words.noServers}</p>
          ) : (
            <List label={words.servers}>
              {items.map((server) => (
                <ServerItem key={server.id} server={server}>
                  <div className="mt-2">
                    <RemoveServer server={server} />
                  </div>
                </ServerItem>
              ))}
            </List>
          )
        }
      </Loaded>
    </Section>
  )
}
