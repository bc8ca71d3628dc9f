import { Modal } from "../part/modal.tsx"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { chooseSingleKeys, useSingleKeys } from "./keys.ts"
import { navigation } from "./navigation.ts"

/** Which keys do what, and the switch for the single ones. */
export function Shortcuts({ close }: { readonly close: () => void }) {
  const words = useWords(shared)
  const isOn = useSingleKeys()
  const rows: readonly (readonly [string, string])[] = [
    ["Ctrl K / ⌘ K", words.shortcuts.palette],
    ["/", words.shortcuts.focusSearch],
    ["?", words.shortcuts.help],
    ["Esc", words.shortcuts.close],
    ...navigation.map(({ letter, name }) => [`g ${letter}`, words.shortcuts.go(words.nav[name])] as const),
    ["a", words.shortcuts.approve],
    ["r", words.shortcuts.refuse],
  ]
  return (
    <Modal title={words.shortcuts.title} close={close}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        {rows.map(([keys, does]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded border border-line bg-sunk px-1.5 font-mono text-sm">{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex min-h-8 items-start gap-2">
        <input
          type="checkbox"
          className="mt-1 size-4 accent-seal"
          checked={isOn}
          onChange={(event) => chooseSingleKeys(event.target.checked)}
        />
        <span>
          {words.shortcuts.single}
          <span className="block text-sm text-soft">{words.shortcuts.singleWhy}</span>
        </span>
      </label>
    </Modal>
  )
}
