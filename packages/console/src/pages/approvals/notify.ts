import { makeVisible } from "@hufu/core/profile/visible-text"
import { onNodeEvent } from "../../data/live.ts"
import { ask } from "../../data/client.ts"
import { recall, remember } from "../../part/remember.ts"
import { language } from "../../words/language.ts"
import { words } from "./words.ts"

const remembered = "hufu.notify"

/** Whether the person asked for notifications, and the browser still allows them. */
export function wantsNotifications(): boolean {
  return recall(remembered) === "on" && "Notification" in globalThis && Notification.permission === "granted"
}

/** Asks the browser if need be; answers whether notifications are on now. */
export async function chooseNotify(on: boolean): Promise<boolean> {
  const isOn = on && (await Notification.requestPermission()) === "granted"
  remember(remembered, isOn ? "on" : "off")
  return isOn
}

/** Tells of what waits, while the page is not in view: the agent's name and the tool, no arguments. */
export function startNotifying(open: (hold: string) => void): () => void {
  return onNodeEvent((event) => {
    if (event.type === "hold" && event.state === "waiting" && document.hidden && wantsNotifications())
      void notify(event.id, () => open(event.id))
  })
}

async function notify(id: string, open: () => void): Promise<void> {
  const hold = await ask("hold.show", { hold: id }).catch(() => undefined)
  if (hold?.state !== "waiting") return
  // UNTRUSTED: the tool's name; the system's own notices must not be imitated.
  const tool = makeVisible(`${hold.server}/${hold.tool.slice(0, 80)}`)
  const notification = new Notification(words[language()].notification(hold.agentName, tool), {
    tag: id,
    icon: "/seal.svg",
  })
  notification.addEventListener("click", () => {
    window.focus()
    open()
  })
}
