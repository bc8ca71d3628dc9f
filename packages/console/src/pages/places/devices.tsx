import type { DeviceRecord } from "@hufu/core/contract/place"
import { useOperation } from "../../data/use-operation.ts"
import { AgentName } from "../../part/agent-name.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { useWidening } from "../../session/prove.ts"
import { Command } from "../../part/command.tsx"
import { useWords } from "../../words/use-words.ts"
import { placeWords } from "./words.ts"

/** The devices whose signed word counts, each of which can be taken out. */
export function Devices() {
  const words = useWords(placeWords)
  const devices = useOperation("device.list", {})
  return (
    <Section title={words.devices}>
      <Loaded query={devices}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="card grid justify-items-start gap-2 px-4 py-3">
              <p className="text-soft">{words.noDevices}</p>
              <Command line="hufu device add" />
            </div>
          ) : (
            <List label={words.devices}>
              {items.map((device) => (
                <Item key={device.id} device={device} />
              ))}
            </List>
          )
        }
      </Loaded>
    </Section>
  )
}

function Item({ device }: { readonly device: DeviceRecord }) {
  const words = useWords(placeWords)
  const remove = useWidening("device.remove", ["device.list", "position.show"])
  return (
    <ListItem
      head={
        <>
          <bdi className="font-semibold break-words">{device.name}</bdi>
          <AgentName id={device.agent} />
        </>
      }
      beside={
        <>
          {device.number < 0 ? words.silent : words.lastNumber(device.number)}
          <Id id={device.id} />
        </>
      }
    >
      <Confirm
        label={words.removeDevice}
        what={words.removeDeviceWhat}
        doing={{
          run: () => remove.mutate({ device: device.id }),
          isPending: remove.isPending,
          error: remove.error,
        }}
      />
    </ListItem>
  )
}
