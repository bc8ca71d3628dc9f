import { Bell, BellOff } from "lucide-react"
import { useState } from "react"
import { useWords } from "../../words/use-words.ts"
import { chooseNotify, wantsNotifications } from "./notify.ts"
import { words as approvalWords } from "./words.ts"

/** Whether this browser tells the person when something waits. */
export function NotifyChoice() {
  const words = useWords(approvalWords).notify
  const [isOn, setOn] = useState(wantsNotifications)
  const [isDenied, setDenied] = useState(false)
  if (!("Notification" in globalThis)) return null
  async function change(): Promise<void> {
    const granted = await chooseNotify(!isOn)
    setOn(granted)
    setDenied(!isOn && !granted)
  }
  const Icon = isOn ? BellOff : Bell
  return (
    <div>
      <button type="button" className="button" aria-pressed={isOn} onClick={() => void change()}>
        <Icon size={18} aria-hidden />
        {isOn ? words.off : words.on}
      </button>
      <p role="status" className="text-sm text-soft">
        {isDenied ? words.denied : ""}
      </p>
    </div>
  )
}
